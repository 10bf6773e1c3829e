//! URLs of pictures, which other people's browsers will load.

use std::cell::Cell;

use connectus_platform::fields::{self, FieldError};
use url::Url;

/// The longest URL, in characters.
const MAX_LENGTH: usize = 2000;

/// Returns an https URL as given, or nothing, without the white space around it.
///
/// Of what browsers would mend (a missing slash, a line break in the middle) or warn of (a password), nothing passes.
pub(crate) fn picture(field: &str, value: &str) -> Result<String, FieldError> {
    let value = fields::text(field, value, 0..=MAX_LENGTH)?;
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
            assert_eq!(picture("f", good), Ok(good.to_owned()));
        }
        assert_eq!(picture("f", " https://example.org\n"), Ok("https://example.org".to_owned()));
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
            assert!(picture("f", bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_passes_is_an_https_url_that_breaks_out_of_no_attribute(value in "(https:)?/{0,2}[a-z]{0,3}[@:.]?.{0,20}") {
            if let Ok(url) = picture("f", &value) && !url.is_empty() {
                let parsed = Url::parse(&url).ok();
                prop_assert_eq!(parsed.as_ref().map(Url::scheme), Some("https"));
                prop_assert!(parsed.is_some_and(|url| url.has_host() && url.username().is_empty() && url.password().is_none()));
                prop_assert!(!url.contains(['"', '<', '>', ' ', '\n']));
            }
        }
    }
}
