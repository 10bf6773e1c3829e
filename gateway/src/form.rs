//! Form fields as a tree: `when.begin=...` is the field `begin` of `when`, and a repeated name is a list.

use std::collections::{BTreeMap, btree_map};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, IntoDeserializer, MapAccess, Visitor, value::SeqDeserializer},
    forward_to_deserialize_any,
};

use crate::mismatch::{Mismatch, without_nul};

/// How deep a field's name may nest.
const MAX_DEPTH: usize = 8;

/// A field of a form, or all of it.
#[derive(Clone, Debug)]
pub(crate) enum Field {
    /// What was written, once or several times.
    Values(Vec<String>),
    /// Fields by their names.
    Group(BTreeMap<String, Field>),
}

/// A form whose fields contradict each other: one is a value and a group at once, or nests too deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contradiction;

impl Default for Field {
    fn default() -> Self {
        Self::Group(BTreeMap::new())
    }
}

impl Field {
    /// Puts the fields of a form in their places.
    pub(crate) fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, Contradiction> {
        let mut root = Self::default();
        for (name, value) in pairs {
            root.put(&mut name.split('.').take(MAX_DEPTH + 1), value, MAX_DEPTH)?;
        }
        Ok(root)
    }

    fn put<'a>(
        &mut self,
        names: &mut impl Iterator<Item = &'a str>,
        value: String,
        depth: usize,
    ) -> Result<(), Contradiction> {
        match (names.next(), self) {
            (None, Self::Values(values)) => values.push(value),
            (None, field @ Self::Group(_)) => match field {
                Self::Group(fields) if fields.is_empty() => *field = Self::Values(vec![value]),
                _ => return Err(Contradiction),
            },
            (Some(_), _) if depth == 0 => return Err(Contradiction),
            (Some(_), Self::Values(_)) => return Err(Contradiction),
            (Some(name), Self::Group(fields)) => {
                fields.entry(name.to_owned()).or_default().put(names, value, depth - 1)?;
            }
        }
        Ok(())
    }

    /// The one value of a field.
    fn value(&self) -> Result<&str, Mismatch> {
        match self {
            Self::Values(values) if values.len() == 1 => Ok(&values[0]),
            _ => Err(Mismatch::custom("expected one value")),
        }
    }
}

/// Reads a scalar as the type that is asked for: a form knows only text.
macro_rules! scalars {
    ($($deserialize:ident $visit:ident $type:ty,)*) => {
        $(fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            let value: $type = self.value()?.trim().parse().map_err(Mismatch::custom)?;
            visitor.$visit(value)
        })*
    };
}

impl<'de> Deserializer<'de> for Field {
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
        match self {
            Self::Group(fields) => visitor.visit_map(Fields { fields: fields.into_iter(), value: None }),
            Self::Values(mut values) if values.len() == 1 => visitor.visit_string(without_nul(values.remove(0))?),
            Self::Values(values) => visitor.visit_seq(SeqDeserializer::new(values.into_iter().map(Self::one))),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Self::Group(_) => self.deserialize_any(visitor),
            Self::Values(_) => Err(Mismatch::custom("expected fields")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_map(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let Self::Values(values) = self else { return Err(Mismatch::custom("expected a list")) };
        let mut values = SeqDeserializer::new(values.into_iter().map(Self::one));
        let read = visitor.visit_seq(&mut values)?;
        values.end().map(|()| read)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_enum(self.value()?.to_owned().into_deserializer())
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple_struct identifier
    }
}

impl Field {
    fn one(value: String) -> Self {
        Self::Values(vec![value])
    }
}

impl IntoDeserializer<'_, Mismatch> for Field {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

struct Fields {
    fields: btree_map::IntoIter<String, Field>,
    value: Option<Field>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mismatch> {
        let Some((name, value)) = self.fields.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        seed.deserialize(self.value.take().unwrap_or_default())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Shift {
        name: String,
        hours: i32,
        approve: bool,
        #[serde(default)]
        tags: Vec<String>,
        when: Option<When>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct When {
        begin: String,
    }

    fn read(pairs: &[(&str, &str)]) -> Result<Shift, Mismatch> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Shift::deserialize(Field::from_pairs(pairs).map_err(|_| Mismatch::custom("contradiction"))?)
    }

    #[test]
    fn fields_are_read_as_the_types_they_are_for() {
        let shift = read(&[
            ("name", "12"),
            ("hours", "3"),
            ("approve", "true"),
            ("tags", "a"),
            ("tags", "b"),
            ("when.begin", "May"),
            ("other", "x"),
        ]);
        let when = Some(When { begin: "May".to_owned() });
        let tags = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(shift.unwrap(), Shift { name: "12".to_owned(), hours: 3, approve: true, tags, when });
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let good = [("name", "x"), ("hours", "3"), ("approve", "true")];
        assert!(read(&good).is_ok());
        assert!(read(&[&good[..], &[("when", "May"), ("when", "June")]].concat()).is_err(), "a list is no group");
        for (name, value) in
            [("hours", "three"), ("hours", "3"), ("name.x", "y"), ("approve", "yes"), ("when", "May"), ("tags", "\0")]
        {
            let mut fields = good.to_vec();
            fields.push((name, value));
            assert!(read(&fields).is_err(), "{name}={value}");
        }
    }

    proptest! {
        #[test]
        fn no_form_panics(pairs in prop::collection::vec(("[a-z.]{0,20}", ".{0,5}"), 0..10)) {
            if let Ok(field) = Field::from_pairs(pairs) {
                let _ = Shift::deserialize(field);
            }
        }
    }
}
