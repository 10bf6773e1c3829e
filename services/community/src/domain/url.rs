//! URLs that people's profiles and activities carry.

use connectus_platform::fields::{self, FieldError};
use url::Url;

/// The longest URL, in characters.
const LONGEST: usize = 2000;

/// Returns an http or https URL as given, without the white space around it; an empty one passes.
pub(crate) fn web(field: &str, value: &str) -> Result<String, FieldError> {
    let value = fields::text(field, value, 0..=LONGEST)?;
    let is_web =
        |url: Url| matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    if value.is_empty() || Url::parse(&value).is_ok_and(is_web) {
        return Ok(value);
    }
    Err(FieldError::new(field, "is not an http or https URL"))
}
