//! DecideMailedValidation: whoever holds a mailed link confirms or declines.

use chrono::Utc;
use connectus_proto::experience::v1::{DecideMailedValidationRequest, DecideMailedValidationResponse};
use tonic::Request;

use super::{Answer, Experiences, decode};
use crate::store;

pub(super) async fn decide_mailed_validation(
    service: &Experiences,
    request: Request<DecideMailedValidationRequest>,
) -> Answer<DecideMailedValidationResponse> {
    let DecideMailedValidationRequest { token, decision } = request.into_inner();
    let decision = decode::decision(decision)?;
    store::validations::decide_by_mail(&service.pool, &token, decision, Utc::now()).await?;
    service.outbox.wake();
    Ok(DecideMailedValidationResponse {}.into())
}
