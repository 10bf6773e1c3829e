//! JSON bodies, in which a type with named fields is an object: serde would take an array of its fields for one too.

use serde::{
    Deserializer,
    de::{
        Error as _, IntoDeserializer, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::Value;

use crate::mismatch::{Mismatch, without_nul};

/// A value to be read as the type that is asked for.
pub(crate) struct Json(pub(crate) Value);

impl<'de> Deserializer<'de> for Json {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0 {
            Value::Array(values) => {
                let mut values = SeqDeserializer::new(values.into_iter().map(Json));
                let read = visitor.visit_seq(&mut values)?;
                values.end().map(|()| read)
            }
            Value::Object(fields) => {
                let fields = fields.into_iter().map(|(name, value)| (name, Self(value)));
                visitor.visit_map(MapDeserializer::new(fields))
            }
            Value::String(text) => visitor.visit_string(without_nul(text)?),
            scalar => scalar.deserialize_any(visitor).map_err(Mismatch::custom),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.0 {
            Value::Object(_) => self.deserialize_any(visitor),
            _ => Err(Mismatch::custom("expected an object")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.0.deserialize_enum(name, variants, visitor).map_err(Mismatch::custom)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}

impl IntoDeserializer<'_, Mismatch> for Json {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Shift {
        name: String,
        hours: i32,
        at: Option<[f64; 2]>,
        #[serde(default)]
        when: When,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct When {
        begin: String,
    }

    #[test]
    fn an_object_is_read_by_its_names() {
        let value = json!({"name": "x", "hours": 3, "at": [1, 2.5], "when": {"begin": "May"}, "other": ["\0"]});
        let when = When { begin: "May".to_owned() };
        let shift = Shift { name: "x".to_owned(), hours: 3, at: Some([1.0, 2.5]), when };
        assert_eq!(Shift::deserialize(Json(value)).unwrap(), shift);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for value in [
            json!(["x", 3, null, {}]),
            json!({"name": "x", "hours": 3, "when": ["May"]}),
            json!({"name": "x", "hours": 3, "at": [1, 2, 3]}),
            json!({"name": "x", "hours": 3, "at": {"0": 1, "1": 2}}),
            json!({"name": "x", "hours": 3.5}),
            json!({"name": null, "hours": 3}),
            json!({"name": "\0", "hours": 3}),
            json!(null),
        ] {
            assert!(Shift::deserialize(Json(value.clone())).is_err(), "{value}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_serde_json_reads_of_objects(name in ".*", hours: i64, x: f64, extra in ".*") {
            let value = json!({"name": name, "hours": hours, "at": [x, 0], "extra": extra});
            let ours = Shift::deserialize(Json(value.clone())).ok();
            prop_assert_eq!(ours, serde_json::from_value(value).ok());
        }
    }
}
