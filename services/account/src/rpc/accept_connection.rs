//! AcceptConnection: the caller connects with an account that has asked.

use connectus_proto::account::v1::{AcceptConnectionRequest, AcceptConnectionResponse};
use tonic::Request;

use super::{Accounts, Answer, pair};
use crate::store;

pub(super) async fn accept_connection(
    service: &Accounts,
    request: Request<AcceptConnectionRequest>,
) -> Answer<AcceptConnectionResponse> {
    let (caller, other) = pair(&request, &request.get_ref().account_id)?;
    store::connections::accept(&service.pool, caller, other).await?;
    service.outbox.wake();
    Ok(AcceptConnectionResponse {}.into())
}
