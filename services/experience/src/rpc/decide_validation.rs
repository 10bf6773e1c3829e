//! DecideValidation: an organization confirms or declines what waits for it.

use chrono::Utc;
use connectus_platform::peer::on_behalf;
use connectus_proto::experience::v1::{DecideValidationRequest, DecideValidationResponse};
use tonic::Request;

use super::{Answer, Experiences, accounts, decode};
use crate::{domain::Error, store};

pub(super) async fn decide_validation(
    service: &Experiences,
    request: Request<DecideValidationRequest>,
) -> Answer<DecideValidationResponse> {
    let organization = decode::organization(&request)?.account_id;
    let DecideValidationRequest { user_id, experience_id, decision } = request.into_inner();
    let decision = decode::decision(decision)?;
    let user = user_id.parse().map_err(|_| Error::UserNotFound)?;
    accounts::require_user(&service.account, on_behalf(user_id)).await?;
    let id = experience_id.parse().map_err(|_| Error::ExperienceNotFound)?;
    store::validations::decide_on_site(&service.pool, organization, user, id, decision, Utc::now()).await?;
    Ok(DecideValidationResponse {}.into())
}
