//! What a person says about an experience.

use connectus_platform::fields::{self, FieldError};
use connectus_proto::{
    common::v1::{Address, GeoPoint},
    experience::v1::ExperienceDetails,
};

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
        location: Some(location(&details.location.unwrap_or_default())?),
        begin: fields::text("details.begin", &details.begin, 0..=64)?,
        end: fields::text("details.end", &details.end, 0..=64)?,
        hours: details.hours,
    })
}

fn location(address: &Address) -> Result<Address, FieldError> {
    let text = |part: &str, value: &str, most| fields::text(&format!("details.location.{part}"), value, 0..=most);
    Ok(Address {
        street: text("street", &address.street, 200)?,
        city: text("city", &address.city, 200)?,
        province: text("province", &address.province, 200)?,
        country: text("country", &address.country, 200)?,
        postal_code: text("postal_code", &address.postal_code, 20)?,
        apt_number: text("apt_number", &address.apt_number, 50)?,
        point: point(address.point)?,
    })
}

fn point(point: Option<GeoPoint>) -> Result<Option<GeoPoint>, FieldError> {
    let Some(GeoPoint { longitude, latitude }) = point else { return Ok(None) };
    let on_earth = (-180.0..=180.0).contains(&longitude) && (-90.0..=90.0).contains(&latitude);
    if !on_earth {
        return Err(FieldError::new("details.location.point", "is not on the Earth"));
    }
    Ok(point)
}
