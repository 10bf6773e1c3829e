//! DecideValidation: an organization confirms or declines what waits for it.

use chrono::Utc;
use connectus_platform::ids;
use connectus_proto::experience::v1::{DecideValidationRequest, DecideValidationResponse};
use tonic::Request;

use super::{Answer, Experiences, decode};
use crate::{
    accounts,
    domain::{
        Error,
        validation::{Organization, Validation},
    },
    store,
};

pub(super) async fn decide_validation(
    service: &Experiences,
    request: Request<DecideValidationRequest>,
) -> Answer<DecideValidationResponse> {
    let id = decode::organization(&request)?.account_id;
    let DecideValidationRequest { user_id, experience_id, decision, request_id } = request.into_inner();
    let decision = decode::decision(decision)?;
    let user_id = ids::parse(&user_id).ok_or(Error::UserNotFound)?;
    let name = accounts::name_for_decision(&service.account, id, user_id).await?;
    let experience_id = ids::parse(&experience_id).ok_or(Error::ExperienceNotFound)?;
    let read = match request_id.as_str() {
        "" => None,
        id => Some(ids::parse(id).ok_or(Error::ValidationNotFound)?),
    };
    let organization = Organization { id, name };
    let decide = |validation: &Validation| validation.decide_on_site(&organization, read, decision, Utc::now());
    store::validations::decide_on_site(&service.pool, id, (user_id, experience_id), decide).await?;
    service.outbox.wake();
    Ok(DecideValidationResponse {}.into())
}
