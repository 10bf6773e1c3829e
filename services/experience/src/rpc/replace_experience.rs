//! ReplaceExperience: a person writes an experience anew, and its validator is asked anew.

use connectus_platform::{fields::FieldError, ids};
use connectus_proto::experience::v1::{
    ReplaceExperienceRequest, ReplaceExperienceResponse, Validator as ProtoValidator, validator,
};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Experiences, decode};
use crate::{
    domain::{
        Error, details,
        experience::{Experience, Validator},
        opportunity::Opportunity,
        validation::Validation,
    },
    store,
};

pub(super) async fn replace_experience(
    service: &Experiences,
    request: Request<ReplaceExperienceRequest>,
) -> Answer<ReplaceExperienceResponse> {
    let user = decode::user(&request)?;
    let ReplaceExperienceRequest { experience_id, details, validator } = request.into_inner();
    let details = details::checked(details)?;
    let id = ids::parse(&experience_id).ok_or(Error::ExperienceNotFound)?;
    let current = find_own(service, user.account_id, id).await?;
    require_kind(&current, validator.as_ref())?;
    let opportunity = find_opportunity(service, &current, &details.opportunity_id).await?;
    let validator = decode::validator(service, validator).await?;
    let details = details::tied(details, opportunity.as_ref(), validator.as_ref())?;
    let validation = Validation::ask(validator.as_ref(), Uuid::now_v7());
    let experience = Experience { details, validator, validation, ..current };
    let response = ReplaceExperienceResponse { experience: Some(experience.clone().into()) };
    store::experiences::replace(&service.pool, &experience, &response).await?;
    service.outbox.wake();
    Ok(response.into())
}

async fn find_own(service: &Experiences, user_id: Uuid, id: Uuid) -> Result<Experience, Error> {
    let found = store::experiences::find(&service.pool, id).await?;
    found.filter(|experience| experience.user_id == user_id).ok_or(Error::ExperienceNotFound)
}

/// The opportunity that an experience came from. The one that it has keeps its id, though it may be withdrawn since then.
async fn find_opportunity(service: &Experiences, current: &Experience, id: &str) -> Result<Option<Opportunity>, Error> {
    match decode::opportunity(service, id).await {
        Err(Error::OpportunityNotFound) if current.details.opportunity_id == id => Ok(None),
        found => found,
    }
}

/// Refuses a validator of another kind than the experience was made with, which never changes.
fn require_kind(current: &Experience, new: Option<&ProtoValidator>) -> Result<(), Error> {
    let new = new.and_then(|validator| validator.validator.as_ref());
    match (&current.validator, new) {
        (Some(Validator::Email(_)), Some(validator::Validator::Email(_)))
        | (Some(Validator::Organization(_)) | None, Some(validator::Validator::OrganizationId(_)) | None) => Ok(()),
        (Some(Validator::Email(_)), Some(validator::Validator::OrganizationId(_)) | None) => {
            Err(FieldError::new("validator.email", "is required: it is confirmed by mail").into())
        }
        (Some(Validator::Organization(_)) | None, Some(validator::Validator::Email(_))) => {
            Err(Error::OrganizationNotFound)
        }
    }
}
