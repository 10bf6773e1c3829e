//! The cells of custom fields.

use connectus_proto::community::v1::{
    CustomField, CustomFieldSetting, CustomFieldType, CustomFieldValue, custom_field_value::Value,
};

/// Reads a cell that is not empty. Whether the field allows such values is for the service to say.
pub(super) fn read(text: &str, field: &CustomField) -> Result<CustomFieldSetting, &'static str> {
    let parts: Vec<&str> = if field.is_multivalue {
        text.split(';').map(str::trim).filter(|part| !part.is_empty()).collect()
    } else {
        vec![text]
    };
    let values: Result<Vec<_>, _> = parts.into_iter().map(|part| value(part, field.r#type())).collect();
    let values = values?.into_iter().map(|value| CustomFieldValue { value: Some(value) }).collect();
    Ok(CustomFieldSetting { custom_field_id: field.id, r#type: field.r#type, values })
}

fn value(text: &str, kind: CustomFieldType) -> Result<Value, &'static str> {
    match kind {
        CustomFieldType::Int | CustomFieldType::Number => {
            text.parse().map(Value::Number).map_err(|_| "is not a number")
        }
        CustomFieldType::Boolean => match text.to_lowercase().as_str() {
            "true" => Ok(Value::Boolean(true)),
            "false" => Ok(Value::Boolean(false)),
            _ => Err("must be true or false"),
        },
        CustomFieldType::Enum
        | CustomFieldType::String
        | CustomFieldType::Date
        | CustomFieldType::Url
        | CustomFieldType::Unspecified => Ok(Value::Text(text.to_owned())),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn values(text: &str, kind: CustomFieldType, is_multivalue: bool) -> Result<Vec<Value>, &'static str> {
        let field = CustomField { r#type: kind.into(), is_multivalue, ..CustomField::default() };
        let values = read(text, &field)?.values;
        Ok(values.into_iter().map(|value| value.value.unwrap()).collect())
    }

    #[test]
    fn cells_are_read_by_the_type_of_their_field() {
        use CustomFieldType::{Boolean, Enum, Int, Number, String};
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(values("a; b", String, false), Ok(vec![text("a; b")]));
        assert_eq!(values("a; b;;", Enum, true), Ok(vec![text("a"), text("b")]));
        assert_eq!(values("-1;2.5", Number, true), Ok(vec![Value::Number(-1.0), Value::Number(2.5)]));
        assert_eq!(values("True", Boolean, false), Ok(vec![Value::Boolean(true)]));
        assert_eq!(values("many", Int, false), Err("is not a number"));
        assert_eq!(values("yes", Boolean, false), Err("must be true or false"));
    }
}
