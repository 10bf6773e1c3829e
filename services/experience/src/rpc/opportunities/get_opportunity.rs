//! GetOpportunity: an opportunity, as the caller may see it.

use connectus_platform::{identity, ids};
use connectus_proto::experience::v1::{GetOpportunityRequest, GetOpportunityResponse};
use tonic::Request;

use super::encode;
use crate::{
    domain::Error,
    rpc::{Answer, Experiences},
    store,
};

pub(super) async fn get_opportunity(
    service: &Experiences,
    request: Request<GetOpportunityRequest>,
) -> Answer<GetOpportunityResponse> {
    let viewer = identity::viewer(&request).map(|viewer| viewer.account_id);
    let id = ids::parse(&request.get_ref().opportunity_id).ok_or(Error::OpportunityNotFound)?;
    let found = store::views::find(&service.pool, id, viewer).await?.ok_or(Error::OpportunityNotFound)?;
    let opportunity = encode::all(service, vec![found], viewer).await?.pop();
    Ok(GetOpportunityResponse { opportunity }.into())
}
