//! What a person says about an experience.

use connectus_platform::fields::{self, FieldError};
use connectus_proto::experience::v1::ExperienceDetails;

const MAX_HOURS: i32 = 1_000_000;

/// Checks every field, and returns the details without white space around them.
pub(crate) fn checked(details: Option<ExperienceDetails>) -> Result<ExperienceDetails, FieldError> {
    let details = details.ok_or_else(|| FieldError::new("details", "is required"))?;
    if !(0..=MAX_HOURS).contains(&details.hours) {
        return Err(FieldError::new("details.hours", format!("must be from 0 to {MAX_HOURS}")));
    }
    Ok(ExperienceDetails {
        name: fields::text("details.name", &details.name, 1..=200)?,
        description: fields::text("details.description", &details.description, 1..=5000)?,
        opportunity_id: fields::text("details.opportunity_id", &details.opportunity_id, 0..=100)?,
        location: Some(fields::address("details.location", &details.location.unwrap_or_default())?),
        begin: fields::text("details.begin", &details.begin, 0..=64)?,
        end: fields::text("details.end", &details.end, 0..=64)?,
        hours: details.hours,
    })
}
