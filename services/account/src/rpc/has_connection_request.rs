//! HasConnectionRequest: whether somebody is still to answer who asks to connect.

use connectus_platform::fields;
use connectus_proto::account::v1::{HasConnectionRequestRequest, HasConnectionRequestResponse};
use tonic::Request;

use super::{Accounts, Answer};
use crate::store;

pub(super) async fn has_connection_request(
    service: &Accounts,
    request: Request<HasConnectionRequestRequest>,
) -> Answer<HasConnectionRequestResponse> {
    let HasConnectionRequestRequest { account_id, from_account_id } = request.into_inner();
    let (to, from) = (fields::id("account_id", &account_id)?, fields::id("from_account_id", &from_account_id)?);
    let is_waiting = store::relations::has_asked(&service.pool, from, to).await?;
    Ok(HasConnectionRequestResponse { is_waiting }.into())
}
