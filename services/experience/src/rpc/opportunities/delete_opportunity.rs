//! DeleteOpportunity: an organization withdraws one of its opportunities.

use connectus_platform::ids;
use connectus_proto::experience::v1::{DeleteOpportunityRequest, DeleteOpportunityResponse};
use tonic::Request;

use crate::{
    domain::Error,
    rpc::{Answer, Experiences, decode},
    store,
};

pub(super) async fn delete_opportunity(
    service: &Experiences,
    request: Request<DeleteOpportunityRequest>,
) -> Answer<DeleteOpportunityResponse> {
    let organization_id = decode::organization(&request)?.account_id;
    let id = ids::parse(&request.get_ref().opportunity_id).ok_or(Error::OpportunityNotFound)?;
    store::opportunities::delete(&service.pool, organization_id, id).await?;
    service.outbox.wake();
    Ok(DeleteOpportunityResponse {}.into())
}
