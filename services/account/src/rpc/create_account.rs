//! CreateAccount: auth's outbox makes the account of somebody who registered.

use connectus_proto::account::v1::{CreateAccountRequest, CreateAccountResponse};
use tonic::Request;

use super::{Accounts, Answer};
use crate::{domain::registration::Registration, store};

pub(super) async fn create_account(
    service: &Accounts,
    request: Request<CreateAccountRequest>,
) -> Answer<CreateAccountResponse> {
    let registration = Registration::new(request.into_inner())?;
    store::accounts::insert(&service.pool, &registration).await?;
    Ok(CreateAccountResponse {}.into())
}
