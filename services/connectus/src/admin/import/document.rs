//! An account as the former system kept it: one document of its collection.

use chrono::{DateTime, Utc};
use connectus_platform::fields::FieldError;
use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::Value;

use super::extended;

/// Times as plain numbers are milliseconds from here on, and seconds below (as seconds it would be the year 5138).
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// An account. What is not there is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
pub(super) struct Document {
    #[serde(rename = "_id")]
    pub(super) id: String,
    #[serde(rename = "type", alias = "account_type", alias = "__t")]
    pub(super) kind: String,
    pub(super) email: String,
    #[serde(alias = "password_hash")]
    pub(super) password: String,
    #[serde(alias = "email_verified")]
    pub(super) is_email_verified: bool,
    pub(super) avatar: String,
    pub(super) header: String,
    pub(super) created_at: Option<Moment>,
    pub(super) posts: Vec<IgnoredAny>,
    pub(super) liked: Vec<IgnoredAny>,
    pub(super) shared: Vec<IgnoredAny>,
    pub(super) settings: Option<Settings>,
    pub(super) admin_note: String,

    pub(super) first_name: String,
    pub(super) middle_name: String,
    pub(super) last_name: String,
    pub(super) birthday: String,
    pub(super) gender: String,
    pub(super) experiences: Vec<Experience>,

    pub(super) preferred_name: String,
    pub(super) is_verified: bool,
    pub(super) opportunities: Vec<String>,

    #[serde(alias = "personal_info", alias = "org_info")]
    pub(super) profile: Option<Profile>,
}

/// A person's profile, or an organization's.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
pub(super) struct Profile {
    pub(super) interests: Vec<String>,
    pub(super) quote: String,

    pub(super) biography: String,
    pub(super) education: String,
    pub(super) current_residence: String,
    pub(super) certifications: String,

    pub(super) mission: String,
    pub(super) address: Option<Address>,
    #[serde(alias = "affiliated_organizations")]
    pub(super) affiliated_orgs: Vec<String>,
}

/// A person's settings, or an organization's. What is not there is as an account starts with it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
pub(super) struct Settings {
    pub(super) allow_messages_from_unknown: Option<bool>,
    pub(super) email_notifications: Option<bool>,
    pub(super) is_full_name_visible: Option<bool>,
    #[serde(alias = "blocked_accounts")]
    pub(super) blocked_users: Vec<String>,
    #[serde(alias = "is_non_profit")]
    pub(super) is_nonprofit: bool,
}

/// A postal address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
pub(super) struct Address {
    pub(super) street: String,
    pub(super) city: String,
    pub(super) province: String,
    pub(super) country: String,
    pub(super) postal_code: String,
    pub(super) apt_number: String,
    #[serde(alias = "geo_json")]
    pub(super) geojson: Option<Point>,
}

/// A point of GeoJSON.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
pub(super) struct Point {
    pub(super) coordinates: Vec<f64>,
}

/// Something a person did.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
pub(super) struct Experience {
    #[serde(rename = "_id")]
    pub(super) id: String,
    /// It had two names over time.
    pub(super) location: Option<Address>,
    pub(super) address: Option<Address>,
    pub(super) name: String,
    pub(super) organization: String,
    pub(super) opportunity: String,
    pub(super) description: String,
    pub(super) when: When,
    pub(super) is_verified: bool,
    pub(super) email_verify: bool,
    pub(super) created_at: Option<Moment>,
    pub(super) hours: i64,
}

/// From when to when.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
pub(super) struct When {
    pub(super) begin: String,
    pub(super) end: String,
}

/// A time: a text after RFC 3339, or a number of seconds or milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment(pub(super) DateTime<Utc>);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let time = match Value::deserialize(deserializer)? {
            Value::String(text) => DateTime::parse_from_rfc3339(&text).ok().map(|time| time.to_utc()),
            value => value.as_i64().and_then(|number| {
                let is_seconds = number.abs() < FIRST_MILLISECONDS;
                if is_seconds { DateTime::from_timestamp(number, 0) } else { DateTime::from_timestamp_millis(number) }
            }),
        };
        time.map(Self).ok_or_else(|| serde::de::Error::custom("must be a time"))
    }
}

impl Document {
    /// Reads a line of mongoexport. What is wrong with one names the field and quotes nothing.
    pub(super) fn read(line: &[u8]) -> Result<Self, FieldError> {
        let value: Value = serde_json::from_slice(line).map_err(|_| FieldError::new("line", "is not JSON"))?;
        if !value.is_object() {
            return Err(FieldError::new("line", "is not a JSON object"));
        }
        serde_path_to_error::deserialize(extended::plain(value))
            .map_err(|error| FieldError::new(error.path().to_string(), problem(&error.inner().to_string())))
    }
}

/// What was expected. What was there instead may be a secret in the wrong place.
fn problem(error: &str) -> String {
    let Some((_, expected)) = error.rsplit_once(", expected ") else { return error.to_owned() };
    let expected = match expected {
        "i64" => "a whole number",
        "f64" => "a number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        expected => expected,
    };
    format!("must be {expected}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn problem_of(line: &str) -> String {
        Document::read(line.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_named_and_not_quoted() {
        for (line, expected) in [
            ("", "line: is not JSON"),
            ("{\"email\": \"$2a$", "line: is not JSON"),
            ("[1]", "line: is not a JSON object"),
            (r#"{"email": 5}"#, "email: must be a string"),
            (r#"{"is_email_verified": "$2a$10$secret"}"#, "is_email_verified: must be true or false"),
            (
                r#"{"experiences": [{}, {"hours": "$2a$10$, expected secret"}]}"#,
                "experiences[1].hours: must be a whole number",
            ),
            (r#"{"experiences": {}}"#, "experiences: must be a list"),
            (r#"{"settings": "x"}"#, "settings: must be an object"),
            (r#"{"created_at": "yesterday"}"#, "created_at: must be a time"),
            (
                r#"{"profile": {"address": {"geojson": {"coordinates": ["x"]}}}}"#,
                "profile.address.geojson.coordinates[0]: must be a number",
            ),
            (r#"{"_id": {"$oid": 5}}"#, "_id: must be a string"),
        ] {
            assert_eq!(problem_of(line), expected, "{line}");
        }
    }

    #[test]
    fn times_are_read_in_seconds_and_milliseconds_and_as_dates() {
        for time in
            ["1531353723", "1531353723000", r#"{"$date": "2018-07-12T00:02:03Z"}"#, r#"{"$numberLong": "1531353723"}"#]
        {
            let document = Document::read(format!(r#"{{"createdAt": {time}}}"#).as_bytes()).unwrap();
            assert_eq!(document.created_at.unwrap().0.timestamp(), 1_531_353_723, "{time}");
        }
    }

    proptest! {
        #[test]
        fn no_line_panics(line in prop_oneof![".*", "\\{\"(email|hours|created_at|settings|_id)\": ?[\\[{]?.{0,20}\\}"]) {
            let _ = Document::read(line.as_bytes());
        }

        #[test]
        fn no_bytes_panic(line: Vec<u8>) {
            let _ = Document::read(&line);
        }
    }
}
