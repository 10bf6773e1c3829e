//! RemoveConnection: the caller ends a connection, or takes back what they have asked.

use connectus_proto::account::v1::{RemoveConnectionRequest, RemoveConnectionResponse};
use tonic::Request;

use super::{Accounts, Answer, pair};
use crate::store;

pub(super) async fn remove_connection(
    service: &Accounts,
    request: Request<RemoveConnectionRequest>,
) -> Answer<RemoveConnectionResponse> {
    let (caller, other) = pair(&request, &request.get_ref().account_id)?;
    store::connections::remove(&service.pool, caller, other).await?;
    service.outbox.wake();
    Ok(RemoveConnectionResponse {}.into())
}
