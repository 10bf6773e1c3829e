//! What sources say about a person, field by field, and which of it counts.
//!
//! A field holds what was said of it last, by whichever source: a value, or that there is none. A source that says again what it
//! said last says nothing new.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is said of some fields, by their names; null clears one.
pub(crate) type Said = BTreeMap<String, Value>;

/// What was said last of a field, and the position of that in the queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Statement(Value, i64);

/// What one source has said about a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Statements(BTreeMap<String, Statement>);

impl Statements {
    /// Notes what the source says at a position. Answers whether any of it is new.
    pub(crate) fn note(&mut self, said: &Said, position: i64) -> bool {
        let mut is_new = false;
        for (field, value) in said {
            if self.0.get(field).is_none_or(|last| last.0 != *value) {
                self.0.insert(field.clone(), Statement(value.clone(), position));
                is_new = true;
            }
        }
        is_new
    }

    /// Takes back what the source has said of fields: others' words count as if it never had. Answers whether it had said any.
    pub(crate) fn take_back(&mut self, fields: &[&str]) -> bool {
        let before = self.0.len();
        self.0.retain(|field, _| !fields.contains(&field.as_str()));
        self.0.len() < before
    }

    /// What the source says of a field by now, if anything.
    pub(crate) fn value(&self, field: &str) -> Option<&Value> {
        self.0.get(field).map(|statement| &statement.0).filter(|value| !value.is_null())
    }
}

/// What counts of what several sources have said about one person.
pub(crate) fn known<'a>(sources: impl IntoIterator<Item = &'a Statements>) -> BTreeMap<&'a str, &'a Value> {
    let mut last: BTreeMap<&str, &Statement> = BTreeMap::new();
    for (field, statement) in sources.into_iter().flat_map(|statements| &statements.0) {
        let known = last.entry(field).or_insert(statement);
        if statement.1 > known.1 {
            *known = statement;
        }
    }
    let values = last.into_iter().map(|(field, statement)| (field, &statement.0));
    values.filter(|(_, value)| !value.is_null()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn said(field: &str, value: Value) -> Said {
        Said::from([(field.to_owned(), value)])
    }

    #[test]
    fn the_last_word_counts_whoever_says_it() {
        let (mut crm, mut chat) = (Statements::default(), Statements::default());
        assert!(crm.note(&said("bio", json!("old")), 1));
        assert!(chat.note(&said("bio", json!("new")), 2));
        assert_eq!(known([&crm, &chat])["bio"], "new");
        assert!(!crm.note(&said("bio", json!("old")), 3), "a resend is no news");
        assert_eq!(known([&crm, &chat])["bio"], "new");
        assert!(crm.note(&said("bio", Value::Null), 4));
        assert!(known([&crm, &chat]).is_empty(), "null clears");
        assert_eq!(crm.value("bio"), None);
    }

    #[test]
    fn what_is_taken_back_was_never_said() {
        let (mut crm, mut suite) = (Statements::default(), Statements::default());
        crm.note(&said("full_name", json!("Ann Lee")), 1);
        suite.note(&said("full_name", json!("Ann")), 2);
        suite.note(&said("bio", json!("kept")), 3);
        assert!(suite.take_back(&["full_name", "email"]) && !suite.take_back(&["full_name"]));
        assert_eq!(known([&crm, &suite])["full_name"], "Ann Lee");
        assert_eq!(known([&crm, &suite])["bio"], "kept");
    }

    proptest! {
        #[test]
        fn what_counts_depends_on_no_order_of_sources(words in prop::collection::vec((0..3_usize, 0..3_u8, 0..4_u8), 0..20)) {
            let mut sources = vec![Statements::default(); 3];
            for (position, (source, field, value)) in words.into_iter().enumerate() {
                let value = if value == 0 { Value::Null } else { json!(value) };
                sources[source].note(&said(&field.to_string(), value), i64::try_from(position).unwrap_or_default());
            }
            prop_assert_eq!(known(&sources), known(sources.iter().rev()));
        }
    }
}
