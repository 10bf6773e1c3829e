//! How old what a call is answered with may be: a read of whom nobody knows, who has written nothing, or of who says so, may be
//! answered by a replica that is a little behind.

use std::time::Duration;

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AUTHORIZATION, CACHE_CONTROL},
};

use crate::{context, identity::SERVICE_IDENTITY_HEADER};

/// How old it may be where nobody says more.
const USUAL: Duration = Duration::from_secs(5);
/// The most that counts of what a caller says: whoever was blocked meanwhile, or shows something no more, need not wait for longer.
pub(crate) const MOST: Duration = Duration::from_mins(1);

/// How old what the call being served is answered with may be; zero is not old at all.
pub(crate) fn allowed() -> Duration {
    context::current().and_then(|context| context.stale).unwrap_or_default()
}

/// What a caller says of it by `Cache-Control` (RFC 9111, section 5.2.1), if anything: who wants nothing from a cache wants nothing
/// that is old.
#[must_use]
pub fn asked(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(directive).min()
}

fn directive(directive: &str) -> Option<Duration> {
    let (name, argument) = directive.split_once('=').map_or((directive, None), |(name, value)| (name, Some(value)));
    let argument = argument.map(|argument| argument.trim().trim_matches('"'));
    match name.trim().to_ascii_lowercase().as_str() {
        "max-stale" => Some(argument.map_or(USUAL, seconds)),
        "no-cache" | "no-store" => Some(Duration::ZERO),
        // What was read a moment ago is no older than that.
        "max-age" => Some(argument.map_or(Duration::ZERO, seconds)).filter(Duration::is_zero),
        _ => None,
    }
}

/// A number of seconds, up to the most that counts. What is no number counts as none.
fn seconds(text: &str) -> Duration {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // One that is too long to be read is more than enough.
    let seconds = if is_number { text.parse().unwrap_or(u64::MAX) } else { 0 };
    Duration::from_secs(seconds).min(MOST)
}

/// How old the answer to an rpc may be, which only reads or does not.
pub(crate) fn of_call(headers: &HeaderMap, only_reads: bool) -> Duration {
    const OF_SOMEBODY: [HeaderName; 2] = [AUTHORIZATION, HeaderName::from_static(SERVICE_IDENTITY_HEADER)];
    let is_of_nobody = OF_SOMEBODY.iter().all(|name| !headers.contains_key(name));
    match asked(headers) {
        _ if !only_reads => Duration::ZERO,
        Some(asked) => asked,
        None if is_of_nobody => USUAL,
        None => Duration::ZERO,
    }
}

/// Writes it into the headers of a call to a service.
pub(crate) fn write(stale: Duration, headers: &mut HeaderMap) {
    if let Ok(value) = HeaderValue::try_from(format!("max-stale={}", stale.as_secs())) {
        headers.insert(CACHE_CONTROL, value);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    fn asked_by(value: &str) -> Option<u64> {
        asked(&headers(&[(CACHE_CONTROL, value)])).map(|stale| stale.as_secs())
    }

    #[test]
    fn the_standard_words_are_understood() {
        for (value, expected) in [
            ("max-stale", Some(5)),
            ("Max-Stale=7", Some(7)),
            ("only-if-cached, max-stale = \"3\"", Some(3)),
            ("max-stale=3600", Some(60)),
            ("max-stale=99999999999999999999999", Some(60)),
            ("max-stale=0", Some(0)),
            ("max-stale=-1", Some(0)),
            ("max-stale=", Some(0)),
            ("max-stale, no-cache", Some(0)),
            ("max-age=0, max-stale", Some(0)),
            ("no-store", Some(0)),
            ("max-age=9", None),
            ("max-stales=9", None),
            ("", None),
        ] {
            assert_eq!(asked_by(value), expected, "{value}");
        }
    }

    #[test]
    fn only_a_read_of_nobody_may_be_answered_late_without_a_word() {
        let of_nobody = headers(&[]);
        let token = (AUTHORIZATION, "Bearer x");
        let service = (HeaderName::from_static(SERVICE_IDENTITY_HEADER), "x");
        assert_eq!(of_call(&of_nobody, true), USUAL);
        assert_eq!(of_call(&of_nobody, false), Duration::ZERO);
        for somebody in [token, service] {
            let says_so = headers(&[somebody.clone(), (CACHE_CONTROL, "max-stale=2")]);
            assert_eq!(of_call(&headers(&[somebody]), true), Duration::ZERO);
            assert_eq!(of_call(&says_so, true), Duration::from_secs(2));
            assert_eq!(of_call(&says_so, false), Duration::ZERO);
        }
    }

    #[test]
    fn what_is_carried_on_is_what_was_allowed() {
        let mut headers = headers(&[(CACHE_CONTROL, "no-cache")]);
        for seconds in [0, 5, 60] {
            write(Duration::from_secs(seconds), &mut headers);
            assert_eq!(asked(&headers), Some(Duration::from_secs(seconds)));
        }
    }

    proptest! {
        #[test]
        fn nobody_is_answered_later_than_the_most(value in "[ -~]{0,40}") {
            let asked = HeaderValue::from_str(&value).map(|value| asked(&HeaderMap::from_iter([(CACHE_CONTROL, value)])));
            prop_assert!(asked.ok().flatten().is_none_or(|asked| asked <= MOST));
        }
    }
}
