//! What a person says about an experience.

use connectus_platform::fields::{self, FieldError};
use connectus_proto::experience::v1::ExperienceDetails;

use super::{Error, experience::Validator, opportunity::Opportunity};

const MAX_HOURS: i32 = 1_000_000;

const DESCRIPTION: &str = "details.description";

/// Checks every field, and returns the details without white space around them. Where there is an opportunity, its description
/// may stand for one that is not given.
pub(crate) fn checked(details: Option<ExperienceDetails>) -> Result<ExperienceDetails, FieldError> {
    let details = details.ok_or_else(|| FieldError::new("details", "is required"))?;
    if !(0..=MAX_HOURS).contains(&details.hours) {
        return Err(FieldError::new("details.hours", format!("must be from 0 to {MAX_HOURS}")));
    }
    let is_alone = details.opportunity_id.trim().is_empty();
    Ok(ExperienceDetails {
        name: fields::text("details.name", &details.name, 1..=200)?,
        description: fields::text(DESCRIPTION, &details.description, usize::from(is_alone)..=5000)?,
        opportunity_id: fields::text("details.opportunity_id", &details.opportunity_id, 0..=100)?,
        location: Some(fields::address("details.location", &details.location.unwrap_or_default())?),
        begin: fields::text("details.begin", &details.begin, 0..=64)?,
        end: fields::text("details.end", &details.end, 0..=64)?,
        hours: details.hours,
    })
}

/// Ties an experience to the opportunity that it came from, which is of the organization that is asked to confirm.
pub(crate) fn tied(
    details: ExperienceDetails,
    opportunity: Option<&Opportunity>,
    validator: Option<&Validator>,
) -> Result<ExperienceDetails, Error> {
    let Some(opportunity) = opportunity else { return Ok(described(details, "")?) };
    match validator {
        Some(Validator::Organization(id)) if *id != opportunity.organization_id => {
            Err(Error::OpportunityOfAnotherOrganization)
        }
        Some(Validator::Organization(_) | Validator::Email(_)) | None => {
            let details = ExperienceDetails { opportunity_id: opportunity.id.to_string(), ..details };
            Ok(described(details, &opportunity.details.description)?)
        }
    }
}

/// Fills in a description that is not given.
pub(crate) fn described(details: ExperienceDetails, description: &str) -> Result<ExperienceDetails, FieldError> {
    match (details.description.is_empty(), description) {
        (false, _) => Ok(details),
        (true, "") => Err(FieldError::new(DESCRIPTION, "is required")),
        (true, description) => Ok(ExperienceDetails { description: description.to_owned(), ..details }),
    }
}
