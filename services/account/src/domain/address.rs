//! Changes of a postal address.

use connectus_platform::fields::FieldError;
use connectus_proto::common::v1::Address;

use super::unknown_path;

/// Copies one part of an address; it is checked with the rest.
pub(super) fn copy_part(address: &mut Address, new: &Address, part: &str) -> Result<(), FieldError> {
    match part {
        "street" => address.street.clone_from(&new.street),
        "city" => address.city.clone_from(&new.city),
        "province" => address.province.clone_from(&new.province),
        "country" => address.country.clone_from(&new.country),
        "postal_code" => address.postal_code.clone_from(&new.postal_code),
        "apt_number" => address.apt_number.clone_from(&new.apt_number),
        "point" => address.point = new.point,
        _ => return Err(unknown_path(&format!("address.{part}"))),
    }
    Ok(())
}
