//! DeclineConnection: the caller does not want what an account has asked.

use connectus_proto::account::v1::{DeclineConnectionRequest, DeclineConnectionResponse};
use tonic::Request;

use super::{Accounts, Answer, pair};
use crate::store;

pub(super) async fn decline_connection(
    service: &Accounts,
    request: Request<DeclineConnectionRequest>,
) -> Answer<DeclineConnectionResponse> {
    let (caller, other) = pair(&request, &request.get_ref().account_id)?;
    store::connections::decline(&service.pool, caller, other).await?;
    Ok(DeclineConnectionResponse {}.into())
}
