//! Custom fields: what values they take.

use chrono::{DateTime, NaiveDate};
use connectus_platform::fields::{self, FieldError};
use connectus_proto::community::v1::{
    CustomField, CustomFieldSetting, CustomFieldType, CustomFieldValue, custom_field_value::Value as ProtoValue,
};
use serde_json::{Number, Value};

use super::{statements::Said, url};

/// How many fields are set at once.
const MOST_SET: usize = 100;
/// How many values a field has.
const MOST_VALUES: usize = 100;
/// The longest text.
const LONGEST: usize = 2000;
/// The largest whole number that every client can read (RFC 8259, section 6).
const LARGEST_INT: f64 = 9_007_199_254_740_991.0;

/// What the names of custom fields begin with among the fields of a person.
const PREFIX: &str = "custom.";

/// The name of a custom field among the fields of a person.
pub(crate) fn field_name(id: i64) -> String {
    format!("{PREFIX}{id}")
}

/// What a type is called in the database and in JSON.
pub(crate) fn kind_name(kind: CustomFieldType) -> Option<&'static str> {
    match kind {
        CustomFieldType::Unspecified => None,
        CustomFieldType::Enum => Some("enum"),
        CustomFieldType::String => Some("string"),
        CustomFieldType::Date => Some("date"),
        CustomFieldType::Int => Some("int"),
        CustomFieldType::Number => Some("number"),
        CustomFieldType::Url => Some("url"),
        CustomFieldType::Boolean => Some("boolean"),
    }
}

/// The type that is called so in the database.
pub(crate) fn kind_of(name: &str) -> CustomFieldType {
    CustomFieldType::from_str_name(&format!("CUSTOM_FIELD_TYPE_{}", name.to_uppercase())).unwrap_or_default()
}

/// Reads what is said of custom fields, of those that a community has.
pub(crate) fn said(
    field: &str,
    settings: &[CustomFieldSetting],
    known: &[CustomField],
) -> Result<Said, Vec<FieldError>> {
    fields::list(field, settings.len(), MOST_SET).map_err(|error| vec![error])?;
    let (mut said, mut errors) = (Said::new(), Vec::new());
    for (at, setting) in settings.iter().enumerate() {
        match checked(&format!("{field}[{at}]"), setting, known) {
            Ok(value) => drop(said.insert(field_name(setting.custom_field_id), value)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(said) } else { Err(errors) }
}

/// The values that one field is set to, as a list; null where it is cleared.
pub(crate) fn checked(path: &str, setting: &CustomFieldSetting, known: &[CustomField]) -> Result<Value, FieldError> {
    let definition = known.iter().find(|definition| definition.id == setting.custom_field_id);
    let definition =
        definition.ok_or_else(|| FieldError::new(format!("{path}.custom_field_id"), "is not a custom field"))?;
    if setting.r#type() != CustomFieldType::Unspecified && setting.r#type() != definition.r#type() {
        let kind = kind_name(definition.r#type()).unwrap_or_default();
        return Err(FieldError::new(format!("{path}.type"), format!("must be {kind}")));
    }
    let values = format!("{path}.values");
    fields::list(&values, setting.values.len(), if definition.is_multivalue { MOST_VALUES } else { 1 })?;
    let checked: Result<Vec<Value>, FieldError> =
        setting.values.iter().map(|value| one(&values, value, definition)).collect();
    let checked = checked?;
    Ok(if checked.is_empty() { Value::Null } else { Value::Array(checked) })
}

fn one(path: &str, value: &CustomFieldValue, definition: &CustomField) -> Result<Value, FieldError> {
    let wrong = || {
        let kind = kind_name(definition.r#type()).unwrap_or_default();
        FieldError::new(path, format!("is not of the type {kind}"))
    };
    match (definition.r#type(), value.value.as_ref()) {
        (CustomFieldType::Enum, Some(ProtoValue::Text(text))) if definition.values.contains(text) => {
            Ok(text.clone().into())
        }
        (CustomFieldType::Enum, Some(ProtoValue::Text(_))) => {
            Err(FieldError::new(path, "is none of the field's values"))
        }
        (CustomFieldType::String, Some(ProtoValue::Text(text))) => Ok(fields::text(path, text, 0..=LONGEST)?.into()),
        (CustomFieldType::Date, Some(ProtoValue::Text(text))) if is_date(text) => Ok(text.clone().into()),
        (CustomFieldType::Url, Some(ProtoValue::Text(text))) if !text.trim().is_empty() => {
            Ok(url::web(path, text)?.into())
        }
        (CustomFieldType::Int, Some(ProtoValue::Number(number))) => whole(*number).ok_or_else(wrong),
        (CustomFieldType::Number, Some(ProtoValue::Number(number))) => {
            Number::from_f64(*number).map(Value::Number).ok_or_else(wrong)
        }
        (CustomFieldType::Boolean, Some(ProtoValue::Boolean(boolean))) => Ok((*boolean).into()),
        _ => Err(wrong()),
    }
}

fn is_date(text: &str) -> bool {
    text.len() <= 40 && (text.parse::<NaiveDate>().is_ok() || DateTime::parse_from_rfc3339(text).is_ok())
}

/// A number that is a whole one, as such.
fn whole(number: f64) -> Option<Value> {
    let is_whole = number.fract() == 0.0 && number.abs() <= LARGEST_INT;
    #[allow(clippy::cast_possible_truncation)] // It has no fraction, and fits.
    is_whole.then(|| Value::from(number as i64))
}

/// The values of a field as they were noted.
pub(crate) fn values(noted: &Value) -> Vec<CustomFieldValue> {
    let value = |value: &Value| match value {
        Value::String(text) => Some(ProtoValue::Text(text.clone())),
        Value::Number(number) => number.as_f64().map(ProtoValue::Number),
        Value::Bool(boolean) => Some(ProtoValue::Boolean(*boolean)),
        _ => None,
    };
    let values = noted.as_array().into_iter().flatten().filter_map(value);
    values.map(|value| CustomFieldValue { value: Some(value) }).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(text: &str) -> ProtoValue {
        ProtoValue::Text(text.to_owned())
    }

    fn set(kind: CustomFieldType, is_multivalue: bool, values: &[ProtoValue]) -> Result<Value, String> {
        let allowed = vec!["red".to_owned(), "blue".to_owned()];
        let field = CustomField { id: 7, name: "f".to_owned(), r#type: kind.into(), is_multivalue, values: allowed };
        let values = values.iter().map(|value| CustomFieldValue { value: Some(value.clone()) }).collect();
        let setting = CustomFieldSetting { custom_field_id: 7, r#type: kind.into(), values };
        checked("f", &setting, &[field]).map_err(|error| error.field)
    }

    #[test]
    fn values_are_of_the_fields_type() {
        use CustomFieldType::{Boolean, Date, Enum, Int, Number, String, Url};
        for (kind, value, noted) in [
            (Enum, text("red"), json!(["red"])),
            (String, text(" a "), json!(["a"])),
            (Date, text("2026-05-01"), json!(["2026-05-01"])),
            (Date, text("2026-05-01T10:00:00Z"), json!(["2026-05-01T10:00:00Z"])),
            (Int, ProtoValue::Number(12.0), json!([12])),
            (Number, ProtoValue::Number(1.5), json!([1.5])),
            (Url, text("http://example.org"), json!(["http://example.org"])),
            (Boolean, ProtoValue::Boolean(true), json!([true])),
        ] {
            assert_eq!(set(kind, false, &[value]), Ok(noted));
        }
        for (kind, value) in [
            (Enum, text("green")),
            (Enum, ProtoValue::Boolean(true)),
            (Date, text("2026-02-30")),
            (Int, ProtoValue::Number(1.5)),
            (Int, ProtoValue::Number(1e300)),
            (Int, text("1")),
            (Number, ProtoValue::Number(f64::NAN)),
            (Url, text("javascript:alert(1)")),
            (Boolean, text("true")),
        ] {
            assert_eq!(
                set(kind, false, std::slice::from_ref(&value)),
                Err("f.values".to_owned()),
                "{kind:?} {value:?}"
            );
        }
    }

    #[test]
    fn only_a_field_of_several_values_takes_several() {
        let both = [text("red"), text("blue")];
        assert_eq!(set(CustomFieldType::Enum, true, &both), Ok(json!(["red", "blue"])));
        assert_eq!(set(CustomFieldType::Enum, false, &both), Err("f.values".to_owned()));
        assert_eq!(set(CustomFieldType::Enum, false, &[]), Ok(Value::Null));
    }

    #[test]
    fn names_read_back() {
        assert_eq!(kind_of("url"), CustomFieldType::Url);
    }
}
