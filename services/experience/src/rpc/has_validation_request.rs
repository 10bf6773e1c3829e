//! HasValidationRequest: whether an organization is still to confirm an experience.

use connectus_platform::fields;
use connectus_proto::experience::v1::{HasValidationRequestRequest, HasValidationRequestResponse};
use tonic::Request;

use super::{Answer, Experiences};
use crate::store;

pub(super) async fn has_validation_request(
    service: &Experiences,
    request: Request<HasValidationRequestRequest>,
) -> Answer<HasValidationRequestResponse> {
    let HasValidationRequestRequest { organization_id, experience_id } = request.into_inner();
    let organization = fields::id("organization_id", &organization_id)?;
    let experience = fields::id("experience_id", &experience_id)?;
    let is_waiting = store::validations::is_waiting(&service.pool, organization, experience).await?;
    Ok(HasValidationRequestResponse { is_waiting }.into())
}
