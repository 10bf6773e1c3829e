//! CreateExperience: a person writes down what they did.

use chrono::Utc;
use connectus_proto::experience::v1::{CreateExperienceRequest, CreateExperienceResponse};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Experiences, decode};
use crate::{
    domain::{details, experience::Experience, validation::Validation},
    store,
};

pub(super) async fn create_experience(
    service: &Experiences,
    request: Request<CreateExperienceRequest>,
) -> Answer<CreateExperienceResponse> {
    let user = decode::user(&request)?;
    let CreateExperienceRequest { details, validator } = request.into_inner();
    let details = details::checked(details)?;
    let opportunity = decode::opportunity(service, &details.opportunity_id).await?;
    let validator = decode::validator(service, validator).await?;
    let details = details::tied(details, opportunity.as_ref(), validator.as_ref())?;
    let experience = Experience {
        id: Uuid::now_v7(),
        user_id: user.account_id,
        details,
        validation: Validation::ask(validator.as_ref(), Uuid::now_v7()),
        validator,
        created_at: Utc::now(),
    };
    let response = CreateExperienceResponse { experience: Some(experience.clone().into()) };
    store::experiences::insert(&service.pool, &experience, &response).await?;
    service.outbox.wake();
    Ok(response.into())
}
