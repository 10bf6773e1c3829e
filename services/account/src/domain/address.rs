//! Postal addresses.

use connectus_platform::fields::{self, FieldError};
use connectus_proto::common::v1::{Address, GeoPoint};

use super::unknown_path;

/// Replaces an address, whole.
pub(super) fn replace(field: &str, new: &Address) -> Result<Address, FieldError> {
    let mut address = Address::default();
    for part in ["street", "city", "province", "country", "postal_code", "apt_number", "point"] {
        set(&mut address, field, new, part)?;
    }
    Ok(address)
}

/// Sets one part of an address.
pub(super) fn set(address: &mut Address, field: &str, new: &Address, part: &str) -> Result<(), FieldError> {
    let text = |value: &str, most| fields::text(&format!("{field}.{part}"), value, 0..=most);
    match part {
        "street" => address.street = text(&new.street, 200)?,
        "city" => address.city = text(&new.city, 200)?,
        "province" => address.province = text(&new.province, 200)?,
        "country" => address.country = text(&new.country, 200)?,
        "postal_code" => address.postal_code = text(&new.postal_code, 20)?,
        "apt_number" => address.apt_number = text(&new.apt_number, 50)?,
        "point" => address.point = point(&format!("{field}.point"), new.point)?,
        _ => return Err(unknown_path(&format!("address.{part}"))),
    }
    Ok(())
}

fn point(field: &str, point: Option<GeoPoint>) -> Result<Option<GeoPoint>, FieldError> {
    let Some(GeoPoint { longitude, latitude }) = point else { return Ok(None) };
    if !(-180.0..=180.0).contains(&longitude) {
        return Err(FieldError::new(format!("{field}.longitude"), "must be from -180 to 180"));
    }
    if !(-90.0..=90.0).contains(&latitude) {
        return Err(FieldError::new(format!("{field}.latitude"), "must be from -90 to 90"));
    }
    Ok(point)
}
