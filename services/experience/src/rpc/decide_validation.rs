//! DecideValidation: an organization confirms or declines what waits for it.

use chrono::Utc;
use connectus_platform::peer::on_behalf;
use connectus_proto::experience::v1::{DecideValidationRequest, DecideValidationResponse};
use tonic::Request;

use super::{Answer, Experiences, decode};
use crate::accounts;
use crate::{
    domain::{Error, validation::Validation},
    store,
};

pub(super) async fn decide_validation(
    service: &Experiences,
    request: Request<DecideValidationRequest>,
) -> Answer<DecideValidationResponse> {
    let organization = decode::organization(&request)?.account_id;
    let DecideValidationRequest { user_id, experience_id, decision, request_id } = request.into_inner();
    let decision = decode::decision(decision)?;
    let user = user_id.parse().map_err(|_| Error::UserNotFound)?;
    accounts::require_user(&service.account, on_behalf(user_id)).await?;
    let id = experience_id.parse().map_err(|_| Error::ExperienceNotFound)?;
    let read = match request_id.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| Error::ValidationNotFound)?),
    };
    let decide = |validation: &Validation| validation.decide_on_site(organization, read, decision, Utc::now());
    store::validations::decide_on_site(&service.pool, user, id, decide).await?;
    Ok(DecideValidationResponse {}.into())
}
