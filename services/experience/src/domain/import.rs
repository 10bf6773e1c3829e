//! Experiences that are taken over from the former system.

use chrono::DateTime;
use connectus_platform::{
    fields::{self, FieldError},
    ids,
};
use connectus_proto::experience::v1::{
    ImportExperiencesRequest, ImportedExperience, Validator as ProtoValidator, validator,
};
use uuid::Uuid;

use super::{
    details,
    experience::{Experience, Validator},
    validation::{Decided, Validation},
};

/// How many are taken over at once.
const MOST: usize = 100;

/// Checks what the former system had of a person. A confirmation gets a request with an id of its own.
pub(crate) fn experiences(
    request: ImportExperiencesRequest,
    mut new_request: impl FnMut() -> Uuid,
) -> Result<Vec<Experience>, FieldError> {
    let user_id = former_id("user_id", &request.user_id)?;
    if request.experiences.is_empty() {
        return Err(FieldError::new("experiences", "is required"));
    }
    fields::list("experiences", request.experiences.len(), MOST)?;
    let indexed = request.experiences.into_iter().enumerate();
    indexed
        .map(|(index, former)| {
            experience(user_id, former, new_request()).map_err(|FieldError { field, problem }| {
                FieldError::new(format!("experiences[{index}].{field}"), problem)
            })
        })
        .collect()
}

fn experience(user_id: Uuid, former: ImportedExperience, request: Uuid) -> Result<Experience, FieldError> {
    let created_at = former.create_time.and_then(|time| DateTime::from_timestamp(time.seconds, 0));
    let created_at = created_at.ok_or_else(|| FieldError::new("create_time", "is not a time"))?;
    let organization_name = fields::text("organization_name", &former.organization_name, 0..=200)?;
    let validator = former.validator.map(validator).transpose()?;
    let validation = match (&validator, former.is_verified) {
        // Nobody is asked again.
        (_, false) => Validation::None,
        // When it was confirmed is not known: not before it was written down.
        (Some(Validator::Organization(id)), true) => {
            Validation::Verified(Decided { request, by: id.to_string(), organization_name, at: created_at })
        }
        (Some(Validator::Email(email)), true) => {
            let organization_name = String::new();
            Validation::Verified(Decided { request, by: email.clone(), organization_name, at: created_at })
        }
        (None, true) => return Err(FieldError::new("is_verified", "has nobody who confirmed it")),
    };
    Ok(Experience {
        id: former_id("experience_id", &former.experience_id)?,
        user_id,
        details: details::described(details::checked(former.details)?, "")?,
        validator,
        validation,
        created_at,
    })
}

/// Who was asked, who may be gone since then.
fn validator(validator: ProtoValidator) -> Result<Validator, FieldError> {
    match validator.validator {
        Some(validator::Validator::OrganizationId(id)) => {
            Ok(Validator::Organization(fields::id("validator.organization_id", &id)?))
        }
        Some(validator::Validator::Email(email)) => Ok(Validator::Email(fields::email("validator.email", &email)?)),
        None => Err(FieldError::new("validator", "is nobody")),
    }
}

fn former_id(field: &str, id: &str) -> Result<Uuid, FieldError> {
    ids::former(id).ok_or_else(|| FieldError::new(field, "is not an id of the former system"))
}
