//! Form fields as a tree: `when.begin=...` is the field `begin` of `when`, and a repeated name is a list.

use serde_json::{Map, Value};

/// How deep a field's name may nest.
const MAX_DEPTH: usize = 8;

/// A form whose fields contradict each other: one is a value and a group at once, or nests too deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contradiction;

/// Puts the fields of a form in their places: an object, with a text or a list of texts for each value.
pub(crate) fn tree(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Value, Contradiction> {
    let mut root = Value::Object(Map::new());
    for (name, value) in pairs {
        put(&mut root, &mut name.split('.'), value, MAX_DEPTH)?;
    }
    Ok(root)
}

/// Puts a value below a place that may have others already; null is a place that nothing was put in yet.
fn put<'a>(
    place: &mut Value,
    names: &mut impl Iterator<Item = &'a str>,
    text: String,
    depth: usize,
) -> Result<(), Contradiction> {
    let Some(name) = names.next() else { return add(place, Value::String(text)) };
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    match place {
        Value::Object(fields) if depth > 0 => put(fields.entry(name).or_insert(Value::Null), names, text, depth - 1),
        _ => Err(Contradiction),
    }
}

fn add(place: &mut Value, text: Value) -> Result<(), Contradiction> {
    match place {
        Value::Null => *place = text,
        Value::String(_) => *place = Value::Array(vec![place.take(), text]),
        Value::Array(texts) => texts.push(text),
        _ => return Err(Contradiction),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Result<Value, Contradiction> {
        tree(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn dots_nest_and_repeated_names_are_lists() {
        let form = of(&[("name", "12"), ("when.begin", "May"), ("tags", "a"), ("when.end", ""), ("tags", "b")]);
        assert_eq!(form, Ok(json!({"name": "12", "when": {"begin": "May", "end": ""}, "tags": ["a", "b"]})));
        assert_eq!(of(&[]), Ok(json!({})));
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let too_deep = ["a"; MAX_DEPTH + 1].join(".");
        for form in [&[("a", "1"), ("a.b", "2")][..], &[("a.b", "1"), ("a", "2")], &[(&*too_deep, "1")]] {
            assert_eq!(of(form), Err(Contradiction), "{form:?}");
        }
        assert!(of(&[(&too_deep[2..], "1")]).is_ok());
    }

    proptest! {
        #[test]
        fn no_value_of_a_form_is_lost(pairs in prop::collection::vec(("[a-c.]{0,6}", "[a-z]{0,2}"), 0..10)) {
            fn count(value: &Value) -> usize {
                match value {
                    Value::Object(fields) => fields.values().map(count).sum(),
                    Value::Array(texts) => texts.len(),
                    _ => 1,
                }
            }
            let written = pairs.len();
            if let Ok(form) = tree(pairs) {
                prop_assert_eq!(count(&form), written);
            }
        }
    }
}
