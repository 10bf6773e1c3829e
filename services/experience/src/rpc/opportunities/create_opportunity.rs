//! CreateOpportunity: an organization says what it needs people for.

use chrono::Utc;
use connectus_proto::experience::v1::{CreateOpportunityRequest, CreateOpportunityResponse};
use tonic::Request;
use uuid::Uuid;

use crate::{
    domain::{
        opportunity::{self, Opportunity, Seen},
        shift,
    },
    rpc::{Answer, Experiences, decode},
    store,
};

pub(super) async fn create_opportunity(
    service: &Experiences,
    request: Request<CreateOpportunityRequest>,
) -> Answer<CreateOpportunityResponse> {
    let organization_id = decode::organization(&request)?.account_id;
    let CreateOpportunityRequest { details, shifts } = request.into_inner();
    let details = opportunity::checked(details)?;
    let shifts = shift::new(&shift::checked(&shifts, details.is_signups_enabled)?, Uuid::now_v7)?;
    let opportunity = Opportunity { id: Uuid::now_v7(), organization_id, details, created_at: Utc::now() };
    let made = Seen::new(opportunity.clone(), shifts.clone());
    let response = CreateOpportunityResponse { opportunity: Some(made.into()) };
    store::opportunities::insert(&service.pool, &opportunity, &shifts, &response).await?;
    service.outbox.wake();
    Ok(response.into())
}
