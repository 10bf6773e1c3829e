//! UpdateAccount: the caller changes fields of their account.

use connectus_platform::identity;
use connectus_proto::account::v1::{UpdateAccountRequest, UpdateAccountResponse};
use tonic::Request;

use super::{Accounts, Answer, latest_date};
use crate::{
    domain::{account::Account, update::update},
    store,
};

pub(super) async fn update_account(
    service: &Accounts,
    request: Request<UpdateAccountRequest>,
) -> Answer<UpdateAccountResponse> {
    let id = identity::caller(&request)?.account_id;
    let UpdateAccountRequest { account, update_mask } = request.into_inner();
    let (new, mask) = (account.unwrap_or_default(), update_mask.unwrap_or_default().paths);
    let change = |account: &mut Account| update(account, &new, &mask, latest_date());
    let account = store::accounts::update(&service.pool, id, change).await?;
    service.outbox.wake();
    Ok(UpdateAccountResponse { account: Some(account.into()) }.into())
}
