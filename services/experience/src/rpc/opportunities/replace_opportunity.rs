//! ReplaceOpportunity: an organization writes an opportunity anew, and whoever has signed up is told what that changes.

use std::collections::HashSet;

use chrono::Utc;
use connectus_platform::ids;
use connectus_proto::experience::v1::{ReplaceOpportunityRequest, ReplaceOpportunityResponse};
use tonic::Request;
use uuid::Uuid;

use crate::{
    domain::{
        Error,
        opportunity::{self, Opportunity, Seen},
        shift,
    },
    rpc::{Answer, Experiences, decode},
    store,
};

pub(super) async fn replace_opportunity(
    service: &Experiences,
    request: Request<ReplaceOpportunityRequest>,
) -> Answer<ReplaceOpportunityResponse> {
    let organization_id = decode::organization(&request)?.account_id;
    let ReplaceOpportunityRequest { opportunity_id, details, shifts } = request.into_inner();
    let details = opportunity::checked(details)?;
    let wanted = shift::checked(&shifts, details.is_signups_enabled)?;
    let id = ids::parse(&opportunity_id).ok_or(Error::OpportunityNotFound)?;
    let visible = visible_people(service, organization_id, id).await?;
    let new = Opportunity { id, organization_id, details, created_at: Utc::now() };
    let respond = |mut seen: Seen| {
        seen.people.retain(|id| visible.contains(id));
        ReplaceOpportunityResponse { opportunity: Some(seen.into()) }
    };
    let response = store::opportunities::replace(&service.pool, &new, &wanted, respond).await?;
    service.outbox.wake();
    Ok(response.into())
}

/// Those of the people who are interested that the organization may see, asked before anything is held.
async fn visible_people(service: &Experiences, organization_id: Uuid, id: Uuid) -> Result<HashSet<Uuid>, Error> {
    let seen = store::views::find(&service.pool, id, Some(organization_id)).await?;
    service.relations.visible(organization_id, seen.map(|seen| seen.people).unwrap_or_default()).await
}
