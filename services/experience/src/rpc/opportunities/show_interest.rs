//! ShowInterest: a person is interested, or signs up for a shift.

use chrono::Utc;
use connectus_platform::ids;
use connectus_proto::experience::v1::{InterestState, ShowInterestRequest, ShowInterestResponse};
use tonic::Request;

use crate::{
    domain::{Error, interest::Standing},
    rpc::{Answer, Experiences, decode},
    store,
};

pub(super) async fn show_interest(
    service: &Experiences,
    request: Request<ShowInterestRequest>,
) -> Answer<ShowInterestResponse> {
    let user_id = decode::user(&request)?.account_id;
    let ShowInterestRequest { opportunity_id, shift_id } = request.into_inner();
    let id = ids::parse(&opportunity_id).ok_or(Error::OpportunityNotFound)?;
    let respond = |standing: Standing| ShowInterestResponse { state: InterestState::from(standing).into() };
    let response = store::interests::show(&service.pool, user_id, (id, &shift_id), Utc::now(), respond).await?;
    service.outbox.wake();
    Ok(response.into())
}
