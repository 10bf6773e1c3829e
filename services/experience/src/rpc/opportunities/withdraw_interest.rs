//! WithdrawInterest: a person is not interested any more, or gives a place up.

use chrono::Utc;
use connectus_platform::ids;
use connectus_proto::experience::v1::{WithdrawInterestRequest, WithdrawInterestResponse};
use tonic::Request;

use crate::{
    domain::Error,
    rpc::{Answer, Experiences, decode},
    store,
};

pub(super) async fn withdraw_interest(
    service: &Experiences,
    request: Request<WithdrawInterestRequest>,
) -> Answer<WithdrawInterestResponse> {
    let user_id = decode::user(&request)?.account_id;
    let WithdrawInterestRequest { opportunity_id, shift_id } = request.into_inner();
    let id = ids::parse(&opportunity_id).ok_or(Error::OpportunityNotFound)?;
    let shift_id = match shift_id.as_str() {
        "" => None,
        // What is no id at all is no shift that the opportunity has.
        id => Some(ids::parse(id).unwrap_or_default()),
    };
    store::interests::withdraw(&service.pool, user_id, id, shift_id, Utc::now()).await?;
    service.outbox.wake();
    Ok(WithdrawInterestResponse {}.into())
}
