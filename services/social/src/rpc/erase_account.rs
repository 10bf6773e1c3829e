//! EraseAccount: auth's outbox tells of an account that is deleted.

use connectus_platform::fields;
use connectus_proto::social::v1::{EraseAccountRequest, EraseAccountResponse};
use tonic::Request;

use super::{Answer, Social};
use crate::store;

pub(super) async fn erase_account(
    service: &Social,
    request: Request<EraseAccountRequest>,
) -> Answer<EraseAccountResponse> {
    let id = fields::id("account_id", &request.get_ref().account_id)?;
    store::erasure::erase(&service.pool, id).await?;
    service.outbox.wake();
    Ok(EraseAccountResponse {}.into())
}
