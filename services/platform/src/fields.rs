//! Checks of single fields, for the domain code of every service.

use std::{cell::Cell, fmt, ops::RangeInclusive};

use chrono::NaiveDate;
use connectus_proto::common::v1::{Address, Area, Date, GeoPoint};
use url::Url;
use uuid::Uuid;

use crate::{geo::Circle, ids};

/// The longest e-mail address that can be delivered to (RFC 5321, section 4.5.3.1.3, less the angle brackets).
pub const EMAIL_LENGTH: RangeInclusive<usize> = 3..=254;

/// The largest circle that may be searched, as its radius in kilometres.
const MOST_RADIUS_KM: f64 = 500.0;

/// The years of days.
const YEARS: RangeInclusive<i32> = 1..=9999;

/// A field that is missing or invalid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's path in the request, such as `profile.user.biography`.
    pub field: String,
    /// What is wrong with it, for the one who wrote it.
    pub problem: String,
}

impl FieldError {
    /// Says that `field` has a `problem`.
    #[must_use]
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.problem)
    }
}

/// Returns a text without the white space around it.
///
/// Refuses one whose number of characters is outside `length`, or that has a control character other than a line break
/// or a tab: PostgreSQL stores no NUL, and the others only disturb whoever reads it.
pub fn text(field: &str, value: &str, length: RangeInclusive<usize>) -> Result<String, FieldError> {
    let value = value.trim();
    if value.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(FieldError::new(field, "has a control character"));
    }
    let characters = value.chars().count();
    if characters == 0 && *length.start() > 0 {
        return Err(FieldError::new(field, "is required"));
    }
    if !length.contains(&characters) {
        let (least, most) = length.into_inner();
        return Err(FieldError::new(field, format!("must have {least} to {most} characters")));
    }
    Ok(value.to_owned())
}

/// Returns an e-mail address as given, without the white space around it, or refuses one that cannot be delivered to.
///
/// It has no quotes, with which one mailbox would have many addresses (RFC 5321, section 4.1.2), and only ASCII, since not
/// every server takes more (RFC 6531).
pub fn email(field: &str, value: &str) -> Result<String, FieldError> {
    let value = text(field, value, EMAIL_LENGTH)?;
    if !value.is_ascii() || value.contains('"') {
        return Err(FieldError::new(field, "is not an e-mail address"));
    }
    let options = email_address::Options::default().without_display_text().without_domain_literal().with_required_tld();
    match email_address::EmailAddress::parse_with_options(&value, options) {
        Ok(_) => Ok(value),
        Err(_) => Err(FieldError::new(field, "is not an e-mail address")),
    }
}

/// Returns an https URL as given, without the white space around it. Where `length` allows none, an empty one passes.
///
/// Of what browsers would mend (a missing slash, a line break in the middle) or warn of (a password), nothing passes.
pub fn https_url(field: &str, value: &str, length: RangeInclusive<usize>) -> Result<String, FieldError> {
    let value = text(field, value, length)?;
    if value.is_empty() || is_https(&value) {
        return Ok(value);
    }
    Err(FieldError::new(field, "is not an https URL"))
}

/// Whether a text is a valid URL string (WHATWG URL, section 4.3) of that scheme, which always has a host.
fn is_https(value: &str) -> bool {
    let is_valid = Cell::new(true);
    let note_violation = |_| is_valid.set(false);
    let url = Url::options().syntax_violation_callback(Some(&note_violation)).parse(value);
    // A host may have what is a violation everywhere else, and would break out of an attribute.
    let is_harmless = !value.contains(['"', '<', '>', ' ', '\n']);
    is_valid.get() && is_harmless && url.is_ok_and(|url| url.scheme() == "https")
}

/// Returns an id, or refuses what is neither a UUID nor an id of the former system.
pub fn id(field: &str, value: &str) -> Result<Uuid, FieldError> {
    ids::parse(value).ok_or_else(|| FieldError::new(field, "is not an id"))
}

/// Returns a real day of the calendar, of the years that the contract knows.
pub fn date(field: &str, date: Option<Date>) -> Result<NaiveDate, FieldError> {
    let Date { year, month, day } = date.ok_or_else(|| FieldError::new(field, "is required"))?;
    let real = |month, day| NaiveDate::from_ymd_opt(year, month, day).filter(|_| YEARS.contains(&year));
    let real = u32::try_from(month).ok().zip(u32::try_from(day).ok()).and_then(|(month, day)| real(month, day));
    real.ok_or_else(|| FieldError::new(field, "is not a date"))
}

/// Returns a postal address without the white space around its parts.
pub fn address(field: &str, address: &Address) -> Result<Address, FieldError> {
    let text = |part: &str, value: &str, most| text(&format!("{field}.{part}"), value, 0..=most);
    Ok(Address {
        street: text("street", &address.street, 200)?,
        city: text("city", &address.city, 200)?,
        province: text("province", &address.province, 200)?,
        country: text("country", &address.country, 200)?,
        postal_code: text("postal_code", &address.postal_code, 20)?,
        apt_number: text("apt_number", &address.apt_number, 50)?,
        point: address.point.map(|point| on_earth(&format!("{field}.point"), point)).transpose()?,
    })
}

fn on_earth(field: &str, point: GeoPoint) -> Result<GeoPoint, FieldError> {
    for (part, degrees, most) in [("longitude", point.longitude, 180.0), ("latitude", point.latitude, 90.0)] {
        if !(-most..=most).contains(&degrees) {
            return Err(FieldError::new(format!("{field}.{part}"), format!("must be from -{most} to {most}")));
        }
    }
    Ok(point)
}

/// Returns a circle on the Earth, whose radius is no larger than the contract allows.
pub fn area(field: &str, area: Area) -> Result<Circle, FieldError> {
    let center = format!("{field}.center");
    let middle = area.center.ok_or_else(|| FieldError::new(&center, "is required"))?;
    let GeoPoint { longitude, latitude } = on_earth(&center, middle)?;
    if area.radius_km > 0.0 && area.radius_km <= MOST_RADIUS_KM {
        return Ok(Circle { longitude, latitude, radius_km: area.radius_km });
    }
    Err(FieldError::new(format!("{field}.radius_km"), format!("must be more than 0 and up to {MOST_RADIUS_KM}")))
}

/// Refuses a list with more than `most` elements.
pub fn list(field: &str, length: usize, most: usize) -> Result<(), FieldError> {
    if length > most {
        return Err(FieldError::new(field, format!("must have at most {most} elements")));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_trimmed_and_counted_in_characters() {
        assert_eq!(text("name", "  Zoë ", 1..=3), Ok("Zoë".to_owned()));
        assert_eq!(text("name", "Zoës", 1..=3).unwrap_err().to_string(), "name: must have 1 to 3 characters");
        assert_eq!(text("name", " \n", 1..=3).unwrap_err().to_string(), "name: is required");
    }

    #[test]
    fn addresses_that_cannot_be_delivered_to_are_refused() {
        for good in ["a@b.co", "Ann.Lee+x@Example.org"] {
            assert_eq!(email("email", good), Ok(good.to_owned()));
        }
        for bad in [
            "",
            "a",
            "a@b",
            "a@@b.co",
            "a b@c.co",
            "Ann <a@b.co>",
            "a@[127.0.0.1]",
            "\"a\"@b.co",
            "ö@b.co",
            "a@b.co\r\nBcc: c@d.co",
        ] {
            assert!(email("email", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_area_is_a_circle_of_some_size_on_the_earth() {
        let read = |center: Option<(f64, f64)>, radius_km| {
            let center = center.map(|(longitude, latitude)| GeoPoint { longitude, latitude });
            area("area", Area { center, radius_km }).map_err(|error| error.field)
        };
        let circle = Circle { longitude: -180.0, latitude: 90.0, radius_km: 500.0 };
        assert_eq!(read(Some((-180.0, 90.0)), 500.0), Ok(circle));
        let somewhere = Some((0.0, 0.0));
        for (center, radius_km, field) in [
            (None, 1.0, "area.center"),
            (Some((180.1, 0.0)), 1.0, "area.center.longitude"),
            (Some((f64::NAN, 0.0)), 1.0, "area.center.longitude"),
            (Some((0.0, -90.1)), 1.0, "area.center.latitude"),
            (somewhere, 0.0, "area.radius_km"),
            (somewhere, -1.0, "area.radius_km"),
            (somewhere, 500.1, "area.radius_km"),
            (somewhere, f64::NAN, "area.radius_km"),
            (somewhere, f64::INFINITY, "area.radius_km"),
        ] {
            assert_eq!(read(center, radius_km), Err(field.to_owned()));
        }
    }

    #[test]
    fn https_urls_pass_as_they_are() {
        for good in [
            "",
            "https://example.org",
            "https://example.org/a%20b.png?size=2#top",
            "HTTPS://Example.org:8443/a.png",
            "https://bücher.example/ä.png",
            "https://192.0.2.1/",
            "https://[2001:db8::1]/",
        ] {
            assert_eq!(https_url("f", good, 0..=2000), Ok(good.to_owned()));
        }
        assert_eq!(https_url("f", " https://example.org\n", 1..=2000), Ok("https://example.org".to_owned()));
    }

    #[test]
    fn what_is_no_https_url_is_refused() {
        for bad in [
            "x",
            "example.org/a.png",
            "//example.org/a.png",
            "http://example.org",
            "ftp://example.org",
            "data:image/png;base64,AAAA",
            "javascript:alert(1)",
            "https:",
            "https://",
            "https:///a.png",
            "https:example.org",
            "https:/example.org",
            "https:\\\\example.org",
            "https://example.org\\a.png",
            "https://ann@example.org",
            "https://ann:secret@example.org",
            "https://@example.org",
            "https://:@example.org",
            "https://example.org:99999",
            "https://exa mple.org",
            "https://example.org/a b.png",
            "https://example.org/a\nb.png",
            "https://example.org/\"onload=",
            "https://example.org/<script>",
            "https://[::1",
            "https://\"",
            "https://%00.example.org",
        ] {
            assert!(https_url("f", bad, 0..=2000).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_that_passes_has_a_nul(value in ".*\\x00?.*") {
            if let Ok(text) = text("f", &value, 0..=1000) {
                prop_assert!(!text.contains('\0'));
                prop_assert_eq!(text.trim(), &text);
            }
        }

        #[test]
        fn what_passes_is_an_https_url_that_breaks_out_of_no_attribute(value in "(https:)?/{0,2}[a-z]{0,3}[@:.]?.{0,20}") {
            if let Ok(url) = https_url("f", &value, 0..=2000) && !url.is_empty() {
                let parsed = Url::parse(&url).ok();
                prop_assert_eq!(parsed.as_ref().map(Url::scheme), Some("https"));
                prop_assert!(parsed.is_some_and(|url| url.has_host() && url.username().is_empty() && url.password().is_none()));
                prop_assert!(!url.contains(['"', '<', '>', ' ', '\n']));
            }
        }
    }
}
