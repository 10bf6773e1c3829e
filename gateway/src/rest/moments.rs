//! Moments as the published API writes those that are not past: RFC 3339, in UTC.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, SecondsFormat};
use prost_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A moment, as in `2026-05-01T09:00:00Z`. Any offset from UTC is taken; a fraction of a second is left out.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, format = DateTime)]
pub(super) struct Moment(pub(super) Timestamp);

/// A text that is no moment.
#[derive(Debug, PartialEq)]
pub(super) struct NoMoment;

impl std::fmt::Display for NoMoment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("is not a moment as in RFC 3339")
    }
}

impl TryFrom<String> for Moment {
    type Error = NoMoment;

    fn try_from(text: String) -> Result<Self, NoMoment> {
        let moment = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| NoMoment)?;
        Ok(Self(Timestamp { seconds: moment.timestamp(), nanos: 0 }))
    }
}

impl From<Moment> for String {
    fn from(Moment(time): Moment) -> Self {
        let moment = DateTime::from_timestamp(time.seconds, 0).unwrap_or_default();
        moment.to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

impl From<Option<Timestamp>> for Moment {
    fn from(time: Option<Timestamp>) -> Self {
        Self(time.unwrap_or_default())
    }
}

/// Which end of a day is meant where a day stands for a moment.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    /// Its first moment.
    First,
    /// Its last.
    Last,
}

/// A moment, or a day of UTC, as in `2026-05-01`.
pub(super) fn moment_or_day(text: &str, end: End) -> Option<Timestamp> {
    if let Ok(Moment(time)) = Moment::try_from(text.to_owned()) {
        return Some(time);
    }
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()?;
    let day = match end {
        End::First => day,
        End::Last => day.checked_add_days(Days::new(1))?,
    };
    Some(Timestamp { seconds: day.and_time(NaiveTime::MIN).and_utc().timestamp(), nanos: 0 })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn any_offset_is_read_and_utc_is_written() {
        let written = |text: &str| Moment::try_from(text.to_owned()).map(String::from);
        for text in ["2026-05-01T09:00:00Z", "2026-05-01T11:00:00+02:00", "2026-05-01t09:00:00.999z"] {
            assert_eq!(written(text), Ok("2026-05-01T09:00:00Z".to_owned()), "{text}");
        }
        for text in ["", "2026-05-01", "2026-05-01T09:00", "2026-02-30T09:00:00Z", "2026-05-01T25:00:00Z", "soon"] {
            assert_eq!(written(text), Err(NoMoment), "{text}");
        }
    }

    #[test]
    fn a_day_stands_for_its_first_moment_or_its_last() {
        let moment = |text: &str| Moment::try_from(text.to_owned()).unwrap().0;
        assert_eq!(moment_or_day("2026-05-01", End::First), Some(moment("2026-05-01T00:00:00Z")));
        assert_eq!(moment_or_day("2026-05-01", End::Last), Some(moment("2026-05-02T00:00:00Z")));
        assert_eq!(moment_or_day("2026-05-01T09:00:00Z", End::Last), Some(moment("2026-05-01T09:00:00Z")));
        assert_eq!(moment_or_day("2026-02-30", End::First), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(seconds in -62_135_596_800..253_402_300_800_i64) {
            let moment = Moment(Timestamp { seconds, nanos: 0 });
            prop_assert_eq!(Moment::try_from(String::from(moment)).unwrap(), moment);
        }

        #[test]
        fn no_text_panics(text in ".{0,30}") {
            let _ = moment_or_day(&text, End::Last);
        }
    }
}
