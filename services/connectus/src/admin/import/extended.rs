//! Extended JSON, in which mongoexport writes what JSON has no type for (version 2, canonical and relaxed; version 1 too).

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Number, Value};

/// The largest whole number that a double holds exactly.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// Makes plain JSON of it: ids are texts, numbers are numbers, times are texts after RFC 3339, and what is null is left out.
///
/// Names are written in one way, with underscores. What is no Extended JSON after all stays as it is: whoever expects something
/// else in its place knows what.
pub(super) fn plain(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(plain).collect(),
        Value::Object(fields) => unwrapped(&fields).unwrap_or_else(|| object(fields)),
        Value::Number(number) => whole(number),
        other => other,
    }
}

fn object(fields: Map<String, Value>) -> Value {
    let fields = fields.into_iter().map(|(name, value)| (snake_case(&name), plain(value)));
    Value::Object(fields.filter(|(_, value)| !value.is_null()).collect())
}

/// The value that an object with one field stands for.
fn unwrapped(fields: &Map<String, Value>) -> Option<Value> {
    let (name, value) = fields.iter().next().filter(|_| fields.len() == 1)?;
    match (name.as_str(), value) {
        ("$oid" | "$symbol", Value::String(text)) => Some(text.clone().into()),
        ("$numberInt" | "$numberLong", Value::String(text)) => text.parse::<i64>().ok().map(Value::from),
        ("$numberDouble" | "$numberDecimal", Value::String(text)) => text.parse().ok().map(double),
        ("$date", value) => time(value).map(|time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()),
        ("$undefined", _) => Some(Value::Null),
        _ => None,
    }
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    let text = match value {
        Value::String(text) => text,
        value => return DateTime::from_timestamp_millis(plain(value.clone()).as_i64()?),
    };
    // Version 1 has no colon in the zone's offset.
    let time = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"));
    time.ok().map(|time| time.to_utc())
}

/// A double; null where it is no number that JSON has.
fn double(number: f64) -> Value {
    Number::from_f64(number).map_or(Value::Null, whole)
}

/// The same number, as a whole one if it is: JavaScript has doubles only.
fn whole(number: Number) -> Value {
    let exact = number.as_f64().filter(|double| number.is_f64() && double.fract() == 0.0 && double.abs() <= MAX_EXACT);
    let whole = exact.and_then(|double| format!("{double:.0}").parse::<i64>().ok());
    whole.map_or(Value::Number(number), Value::from)
}

/// A name with underscores instead of inner capitals.
fn snake_case(name: &str) -> String {
    let mut written = String::with_capacity(name.len());
    let mut is_after_small = false;
    for c in name.chars() {
        if is_after_small && c.is_ascii_uppercase() {
            written.push('_');
        }
        is_after_small = c.is_ascii_lowercase() || c.is_ascii_digit();
        written.push(c.to_ascii_lowercase());
    }
    written
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let canonical = json!({
            "_id": {"$oid": "507f1f77bcf86cd799439011"},
            "hours": {"$numberInt": "6"},
            "created_at": {"$numberLong": "1531353723"},
            "lon": {"$numberDouble": "-79.5"},
            "lat": {"$numberDouble": "43.0"},
            "last_login": {"$date": {"$numberLong": "1531353723000"}},
            "none": {"$undefined": true},
            "list": [{"$oid": "507f1f77bcf86cd799439012"}, {"inner": {"$numberDecimal": "1.5"}}],
        });
        let relaxed = json!({
            "_id": {"$oid": "507f1f77bcf86cd799439011"},
            "hours": 6.0,
            "createdAt": 1_531_353_723,
            "lon": -79.5,
            "lat": 43.0,
            "lastLogin": {"$date": "2018-07-12T00:02:03Z"},
            "none": null,
            "list": ["507f1f77bcf86cd799439012", {"inner": 1.5}],
        });
        let expected = json!({
            "_id": "507f1f77bcf86cd799439011",
            "hours": 6,
            "created_at": 1_531_353_723,
            "lon": -79.5,
            "lat": 43,
            "last_login": "2018-07-12T00:02:03Z",
            "list": ["507f1f77bcf86cd799439012", {"inner": 1.5}],
        });
        assert_eq!(plain(canonical), expected);
        assert_eq!(plain(relaxed), expected);
    }

    #[test]
    fn times_of_version_1_are_read() {
        for date in [json!("2018-07-12T00:02:03.000+0000"), json!(1_531_353_723_000_i64)] {
            assert_eq!(plain(json!({"$date": date})), json!("2018-07-12T00:02:03Z"));
        }
    }

    #[test]
    fn what_is_no_extended_json_stays() {
        for value in [
            json!({"$oid": 5}),
            json!({"$date": "yesterday"}),
            json!({"$oid": "507f1f77bcf86cd799439011", "other": 1}),
            json!({"$binary": {"base64": "", "sub_type": "00"}}),
        ] {
            assert_eq!(plain(value.clone()), value);
        }
        assert_eq!(plain(json!({"$numberDouble": "NaN"})), Value::Null);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let name = prop_oneof![
            "\\$(oid|date|numberInt|numberLong|numberDouble|numberDecimal|undefined|symbol|binary)",
            "[a-zA-Z_$é]{0,8}"
        ];
        let text = prop_oneof![
            "-?[0-9]{1,25}(\\.[0-9]{1,3})?([eE][0-9]{1,3})?",
            "NaN|-?Infinity",
            "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
            ".{0,8}"
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((name.clone(), inner), 0..3)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    fn is_plain(value: &Value) -> bool {
        match value {
            Value::Array(values) => values.iter().all(is_plain),
            Value::Object(fields) => {
                let is_plain_field =
                    |(name, value): (&String, &Value)| !value.is_null() && is_plain(value) && snake_case(name) == *name;
                fields.iter().all(is_plain_field)
            }
            Value::Number(number) => {
                number.as_f64().is_none_or(|n| !number.is_f64() || n.fract() != 0.0 || n.abs() > MAX_EXACT)
            }
            _ => true,
        }
    }

    proptest! {
        #[test]
        fn no_json_panics_and_each_becomes_plain(value in any_json()) {
            prop_assert!(is_plain(&plain(value)));
        }

        #[test]
        fn every_whole_number_stays_the_same(number: i64) {
            prop_assert_eq!(plain(json!({"$numberLong": number.to_string()})), json!(number));
            prop_assert_eq!(plain(json!(number)), json!(number));
        }

        #[test]
        fn every_time_stays_the_same(seconds in -62_135_596_800_i64..253_402_300_800, milliseconds in 0..1000_i64) {
            let written = plain(json!({"$date": {"$numberLong": (seconds * 1000 + milliseconds).to_string()}}));
            let read = DateTime::parse_from_rfc3339(written.as_str().unwrap()).unwrap();
            prop_assert_eq!(read.timestamp_millis(), seconds * 1000 + milliseconds);
            prop_assert_eq!(plain(json!({"$date": written.clone()})), written);
        }
    }
}
