//! GetContact: what a mail to an account's owner takes, but for the address.

use connectus_platform::fields;
use connectus_proto::account::v1::{GetContactRequest, GetContactResponse};
use tonic::Request;

use super::{Accounts, Answer};
use crate::store;

pub(super) async fn get_contact(service: &Accounts, request: Request<GetContactRequest>) -> Answer<GetContactResponse> {
    let id = fields::id("account_id", &request.get_ref().account_id)?;
    Ok(store::contacts::find(&service.pool, id).await?.into())
}
