//! ReplaceExperience: a person writes an experience anew, and its validator is asked anew.

use connectus_platform::peer::Channel;
use connectus_proto::experience::v1::{ReplaceExperienceRequest, ReplaceExperienceResponse};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Experiences, decode};
use crate::{
    domain::{
        Error, details,
        experience::{Experience, Validator},
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
    let id = experience_id.parse().map_err(|_| Error::ExperienceNotFound)?;
    let current = find_own(service, user.account_id, id).await?;
    let validator = new_validator(&service.account, &current, &validator).await?;
    let replace = |current: Experience| Experience {
        validation: Validation::ask(validator.as_ref(), Uuid::now_v7()),
        details,
        validator,
        ..current
    };
    let experience = store::experiences::replace(&service.pool, user.account_id, id, replace).await?;
    service.outbox.wake();
    Ok(ReplaceExperienceResponse { experience: Some(experience.into()) }.into())
}

async fn find_own(service: &Experiences, user_id: Uuid, id: Uuid) -> Result<Experience, Error> {
    let found = store::experiences::find(&service.pool, id).await?;
    found.filter(|experience| experience.user_id == user_id).ok_or(Error::ExperienceNotFound)
}

/// The new validator, of the kind that the experience was made with, which never changes.
async fn new_validator(account: &Channel, current: &Experience, validator: &str) -> Result<Option<Validator>, Error> {
    match &current.validator {
        Some(Validator::Email(_)) => Ok(Some(decode::by_mail(account, "validator", validator).await?)),
        Some(Validator::Organization(_)) | None if validator.is_empty() => Ok(None),
        Some(Validator::Organization(_)) | None => Ok(Some(decode::by_account(account, validator).await?)),
    }
}
