//! GetAccount: one account, as the caller may see it.

use connectus_proto::account::v1::{GetAccountRequest, GetAccountResponse};
use tonic::Request;

use super::{Accounts, Answer, subject};
use crate::{domain::Error, store};

pub(super) async fn get_account(service: &Accounts, request: Request<GetAccountRequest>) -> Answer<GetAccountResponse> {
    let (id, viewer) = subject(&request, &request.get_ref().account_id)?;
    let account = store::accounts::find(&service.pool, id, viewer).await?;
    Ok(GetAccountResponse { account: Some(account.ok_or(Error::AccountNotFound)?.into()) }.into())
}
