//! BlockAccount: the caller does not want to be seen by an account.

use connectus_proto::account::v1::{BlockAccountRequest, BlockAccountResponse};
use tonic::Request;

use super::{Accounts, Answer, pair, require_person};
use crate::{domain::Error, store};

pub(super) async fn block_account(
    service: &Accounts,
    request: Request<BlockAccountRequest>,
) -> Answer<BlockAccountResponse> {
    require_person(&request)?;
    let (caller, other) = pair(&request, &request.get_ref().account_id)?;
    if caller == other {
        return Err(Error::OwnAccount.into());
    }
    store::blocks::insert(&service.pool, caller, other).await?;
    service.outbox.wake();
    Ok(BlockAccountResponse {}.into())
}
