//! What a body holds, read as the type that a route takes. It is JSON or a form, whose values are all text.
//!
//! A type with named fields is an object, while serde would take an array of its fields for one too.

use serde::{
    Deserializer,
    de::{
        Error as _, IntoDeserializer, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value};

use crate::mismatch::{Mismatch, without_nul};

/// A value to be read as the type that is asked for.
pub(crate) struct Input {
    value: Value,
    /// Whether it comes from a form: numbers and truth values are written as text there, and a list of one as that one.
    is_form: bool,
}

impl Input {
    /// A value from JSON.
    pub(crate) fn json(value: Value) -> Self {
        Self { value, is_form: false }
    }

    /// A value from a form.
    pub(crate) fn form(value: Value) -> Self {
        Self { value, is_form: true }
    }
}

/// Reads a form's text as the scalar that is asked for.
macro_rules! scalars {
    ($($deserialize:ident $visit:ident $type:ty,)*) => {
        $(fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            if !self.is_form {
                return self.deserialize_any(visitor);
            }
            let Value::String(text) = self.value else { return Err(Mismatch::custom("expected one value")) };
            visitor.$visit(text.trim().parse::<$type>().map_err(Mismatch::custom)?)
        })*
    };
}

impl<'de> Deserializer<'de> for Input {
    type Error = Mismatch;

    scalars! {
        deserialize_bool visit_bool bool,
        deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64,
        deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64,
        deserialize_f32 visit_f32 f32,
        deserialize_f64 visit_f64 f64,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let is_form = self.is_form;
        let part = |value| Self { value, is_form };
        match self.value {
            Value::Array(values) => {
                let mut values = SeqDeserializer::new(values.into_iter().map(part));
                let read = visitor.visit_seq(&mut values)?;
                values.end().map(|()| read)
            }
            Value::Object(fields) => {
                visitor.visit_map(MapDeserializer::new(fields.into_iter().map(|(name, value)| (name, part(value)))))
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
        if self.value.is_object() { self.deserialize_any(visitor) } else { Err(Mismatch::custom("expected an object")) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let Self { value, is_form } = self;
        let value = if is_form { listed(value) } else { value };
        Self { value, is_form }.deserialize_any(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
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
        self.value.deserialize_enum(name, variants, visitor).map_err(Mismatch::custom)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple_struct map identifier
    }
}

/// A list as a form writes it: one element alone, or a group whose names are its elements' numbers.
fn listed(value: Value) -> Value {
    match value {
        Value::String(_) => Value::Array(vec![value]),
        Value::Object(fields) => numbered(fields),
        value => value,
    }
}

fn numbered(fields: Map<String, Value>) -> Value {
    let mut numbers: Vec<u32> = fields.keys().filter_map(|name| name.parse().ok()).collect();
    numbers.sort_unstable();
    let mut left = fields.clone();
    let elements: Option<Vec<Value>> = numbers.iter().map(|number| left.remove(&number.to_string())).collect();
    match elements {
        Some(elements) if left.is_empty() => Value::Array(elements),
        _ => Value::Object(fields),
    }
}

impl IntoDeserializer<'_, Mismatch> for Input {
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
        tags: Vec<String>,
        #[serde(default)]
        when: When,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct When {
        begin: String,
    }

    fn shift(at: Option<[f64; 2]>, tags: &[&str], begin: &str) -> Shift {
        let tags = tags.iter().map(ToString::to_string).collect();
        Shift { name: "12".to_owned(), hours: 3, at, tags, when: When { begin: begin.to_owned() } }
    }

    #[test]
    fn json_is_read_by_its_names() {
        let value = json!({"name": "12", "hours": 3, "at": [1, 2.5], "when": {"begin": "May"}, "other": ["\0"]});
        let read = Shift::deserialize(Input::json(value)).unwrap();
        assert_eq!(read, shift(Some([1.0, 2.5]), &[], "May"));
    }

    #[test]
    fn the_text_of_a_form_is_read_as_the_type_that_it_is_for() {
        let value = json!({"name": "12", "hours": " 3", "at": ["1", "2.5"], "tags": ["a", "b"], "other": "x"});
        assert_eq!(Shift::deserialize(Input::form(value)).unwrap(), shift(Some([1.0, 2.5]), &["a", "b"], ""));
        let value = json!({"name": "12", "hours": "3", "tags": {"10": "c", "0": "a", "2": "b"}});
        assert_eq!(Shift::deserialize(Input::form(value)).unwrap(), shift(None, &["a", "b", "c"], ""));
        let value = json!({"name": "12", "hours": "3", "tags": "a", "when": {"begin": "May"}});
        assert_eq!(Shift::deserialize(Input::form(value)).unwrap(), shift(None, &["a"], "May"));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for value in [
            json!(["x", 3, null, {}]),
            json!({"name": "x", "hours": 3, "when": ["May"]}),
            json!({"name": "x", "hours": 3, "at": [1, 2, 3]}),
            json!({"name": "x", "hours": 3, "at": {"0": 1, "1": 2}}),
            json!({"name": "x", "hours": 3, "tags": "a"}),
            json!({"name": "x", "hours": 3.5}),
            json!({"name": "x", "hours": "3"}),
            json!({"name": null, "hours": 3}),
            json!({"name": "\0", "hours": 3}),
            json!(null),
        ] {
            assert!(Shift::deserialize(Input::json(value.clone())).is_err(), "{value}");
        }
        for value in [
            json!({"name": "x", "hours": "three"}),
            json!({"name": "x", "hours": ["3", "3"]}),
            json!({"name": ["x", "y"], "hours": "3"}),
            json!({"name": {"x": "y"}, "hours": "3"}),
            json!({"name": "x", "hours": "3", "when": "May"}),
            json!({"name": "x", "hours": "3", "tags": {"0": "a", "b": "c"}}),
            json!({"name": "x", "hours": "3", "tags": {"00": "a"}}),
            json!({"name": "\0", "hours": "3"}),
        ] {
            assert!(Shift::deserialize(Input::form(value.clone())).is_err(), "{value}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_serde_json_reads_of_objects(name in ".*", hours: i64, x: f64, extra in ".*") {
            let value = json!({"name": name, "hours": hours, "at": [x, 0], "extra": extra});
            let ours = Shift::deserialize(Input::json(value.clone())).ok();
            prop_assert_eq!(ours, serde_json::from_value(value).ok());
        }
    }
}
