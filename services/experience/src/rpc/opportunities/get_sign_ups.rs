//! GetSignUps: an opportunity with the shifts that the caller has signed up for.

use connectus_platform::{identity, ids};
use connectus_proto::experience::v1::{GetSignUpsRequest, GetSignUpsResponse, InterestState};
use tonic::Request;

use super::encode;
use crate::{
    domain::Error,
    rpc::{Answer, Experiences},
    store,
};

pub(super) async fn get_sign_ups(
    service: &Experiences,
    request: Request<GetSignUpsRequest>,
) -> Answer<GetSignUpsResponse> {
    let caller = identity::caller(&request)?.account_id;
    let id = ids::parse(&request.get_ref().opportunity_id).ok_or(Error::OpportunityNotFound)?;
    let found = store::views::find(&service.pool, id, Some(caller)).await?.ok_or(Error::OpportunityNotFound)?;
    let mut opportunity = encode::all(service, vec![found], Some(caller)).await?.pop().unwrap_or_default();
    opportunity.shifts.retain(|shift| shift.caller_state() != InterestState::Unspecified);
    if opportunity.shifts.is_empty() {
        return Err(Error::ShiftNotFound.into());
    }
    Ok(GetSignUpsResponse { opportunity: Some(opportunity) }.into())
}
