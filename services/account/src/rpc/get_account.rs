//! GetAccount: one account, as the caller may see it.

use connectus_proto::account::v1::{GetAccountRequest, GetAccountResponse};
use tonic::Request;

use super::{Accounts, Answer, look};
use crate::domain::Error;

pub(super) async fn get_account(service: &Accounts, request: Request<GetAccountRequest>) -> Answer<GetAccountResponse> {
    let look = look(&request, &request.get_ref().account_id)?;
    let account = service.looks.get(look).await?;
    Ok(GetAccountResponse { account: Some(account.ok_or(Error::AccountNotFound)?.into()) }.into())
}
