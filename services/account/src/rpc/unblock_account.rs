//! UnblockAccount: the caller lets an account see them again.

use connectus_proto::account::v1::{UnblockAccountRequest, UnblockAccountResponse};
use tonic::Request;

use super::{Accounts, Answer, pair, require_person};
use crate::store;

pub(super) async fn unblock_account(
    service: &Accounts,
    request: Request<UnblockAccountRequest>,
) -> Answer<UnblockAccountResponse> {
    require_person(&request)?;
    let (caller, other) = pair(&request, &request.get_ref().account_id)?;
    store::blocks::delete(&service.pool, caller, other).await?;
    service.outbox.wake();
    Ok(UnblockAccountResponse {}.into())
}
