//! Changes of a profile.

use connectus_platform::fields::{self, FieldError};
use connectus_proto::account::v1::{OrganizationProfile, UserProfile};
use uuid::Uuid;

use super::{address, each_path, others, unknown_path};

const MAX_INTERESTS: usize = 50;
const MAX_AFFILIATIONS: usize = 200;

/// The field that lists what organizations an organization belongs with.
pub(crate) const AFFILIATIONS_FIELD: &str = "profile.organization.affiliated_organization_ids";

/// What of a person's profile can be changed.
pub(crate) const USER_PATHS: [&str; 6] =
    ["interests", "biography", "education", "quote", "current_residence", "certifications"];
/// What of an organization's profile can be changed.
pub(crate) const ORGANIZATION_PATHS: [&str; 5] =
    ["mission", "quote", "interests", "affiliated_organization_ids", "address"];

/// Sets the fields of a person's profile that the mask names.
pub(crate) fn update_user(profile: &mut UserProfile, new: &UserProfile, mask: &[String]) -> Result<(), FieldError> {
    each_path(mask, |path| {
        let text = |value: &str, most| fields::text(&format!("profile.user.{path}"), value, 0..=most);
        match path {
            "interests" => profile.interests = interests("profile.user.interests", &new.interests)?,
            "biography" => profile.biography = text(&new.biography, 5000)?,
            "education" => profile.education = text(&new.education, 500)?,
            "quote" => profile.quote = text(&new.quote, 500)?,
            "current_residence" => profile.current_residence = text(&new.current_residence, 500)?,
            "certifications" => profile.certifications = text(&new.certifications, 2000)?,
            _ => return Err(unknown_path(path)),
        }
        Ok(())
    })
}

/// Sets the fields of an organization's profile that the mask names. Whether there are such organizations to belong with is
/// looked up where they are stored.
pub(crate) fn update_organization(
    caller: Uuid,
    profile: &mut OrganizationProfile,
    new: &OrganizationProfile,
    mask: &[String],
) -> Result<(), FieldError> {
    const ADDRESS: &str = "profile.organization.address";
    let new_address = new.address.clone().unwrap_or_default();
    each_path(mask, |path| {
        let text = |value: &str, most| fields::text(&format!("profile.organization.{path}"), value, 0..=most);
        match path {
            "mission" => profile.mission = text(&new.mission, 5000)?,
            "quote" => profile.quote = text(&new.quote, 500)?,
            "interests" => profile.interests = interests("profile.organization.interests", &new.interests)?,
            "affiliated_organization_ids" => {
                profile.affiliated_organization_ids =
                    others(AFFILIATIONS_FIELD, &new.affiliated_organization_ids, MAX_AFFILIATIONS, caller)?;
            }
            "address" => profile.address = Some(fields::address(ADDRESS, &new_address)?),
            _ => {
                let part = path.strip_prefix("address.").ok_or_else(|| unknown_path(path))?;
                let mut address = profile.address.take().unwrap_or_default();
                address::copy_part(&mut address, &new_address, part)?;
                profile.address = Some(fields::address(ADDRESS, &address)?);
            }
        }
        Ok(())
    })
}

fn interests(field: &str, interests: &[String]) -> Result<Vec<String>, FieldError> {
    fields::list(field, interests.len(), MAX_INTERESTS)?;
    interests.iter().map(|interest| fields::text(field, interest, 1..=100)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use connectus_proto::common::v1::Address;

    use super::*;

    fn mask(paths: &[&str]) -> Vec<String> {
        paths.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn only_named_fields_change() {
        let mut profile =
            UserProfile { quote: "old".to_owned(), education: "old".to_owned(), ..UserProfile::default() };
        let new = UserProfile { quote: "new".to_owned(), ..UserProfile::default() };
        update_user(&mut profile, &new, &mask(&["quote"])).unwrap();
        assert_eq!((profile.quote.as_str(), profile.education.as_str()), ("new", "old"));
    }

    #[test]
    fn one_part_of_an_address_changes_alone() {
        let address = |street: &str, city: &str| {
            Some(Address { street: street.to_owned(), city: city.to_owned(), ..Address::default() })
        };
        let mut profile = OrganizationProfile { address: address("1 Elm", "Bonn"), ..OrganizationProfile::default() };
        let new = OrganizationProfile { address: address("", "Köln"), ..OrganizationProfile::default() };
        update_organization(Uuid::nil(), &mut profile, &new, &mask(&["address.city"])).unwrap();
        assert_eq!(profile.address, address("1 Elm", "Köln"));
        update_organization(Uuid::nil(), &mut profile, &new, &mask(&["address"])).unwrap();
        assert_eq!(profile.address, address("", "Köln"));
    }

    #[test]
    fn unknown_paths_and_long_values_are_named() {
        let mut profile = UserProfile::default();
        let long = UserProfile { quote: "x".repeat(501), ..UserProfile::default() };
        assert_eq!(update_user(&mut profile, &long, &mask(&["quote"])).unwrap_err().field, "profile.user.quote");
        for paths in [&["type"][..], &["address.planet"], &[]] {
            let error = update_user(&mut profile, &long, &mask(paths)).unwrap_err();
            assert_eq!(error.field, "update_mask");
        }
    }
}
