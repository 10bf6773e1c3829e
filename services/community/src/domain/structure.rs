//! What a community's data is made of: its sources, custom fields, segments and activity types.

use connectus_platform::fields::{self, FieldError};
use connectus_proto::community::v1::{CreateCustomFieldRequest, CustomFieldType};

use super::{Error, custom_field};

/// How many communities an organization has at most.
pub(crate) const MOST_COMMUNITIES: i64 = 20;
/// How many good tokens a community has at most.
pub(crate) const MOST_TOKENS: i64 = 50;
/// How many sources a community has at most.
pub(crate) const MOST_SOURCES: i64 = 200;
/// How many custom fields a community has at most.
pub(crate) const MOST_CUSTOM_FIELDS: i64 = 200;
/// How many segments a community has at most.
pub(crate) const MOST_SEGMENTS: i64 = 200;
/// How many activity types a community has at most.
pub(crate) const MOST_ACTIVITY_TYPES: i64 = 200;

/// The name of the source of what the suite itself says, which no other may have.
pub(crate) const CONNECTUS: &str = "ConnectUS";
/// The type of the activities that it tells of.
pub(crate) const CONFIRMED_EXPERIENCE: &str = "confirmed-experience";

/// How many statuses a segment has.
const MOST_STATUSES: usize = 50;
/// How many values a custom field of type enum has.
const MOST_VALUES: usize = 200;

/// Reads a name.
pub(crate) fn name(field: &str, value: &str) -> Result<String, FieldError> {
    fields::text(field, value, 1..=100)
}

/// Reads the name of a source that is not the suite itself.
pub(crate) fn source_name(field: &str, value: &str) -> Result<String, Error> {
    let name = name(field, value)?;
    if name.eq_ignore_ascii_case(CONNECTUS) { Err(Error::NameTaken) } else { Ok(name) }
}

/// A custom field that is to be made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NewCustomField {
    /// Its name.
    pub(crate) name: String,
    /// What its type is called.
    pub(crate) kind: &'static str,
    /// Whether it has several values.
    pub(crate) is_multivalue: bool,
    /// What one of type enum allows.
    pub(crate) allowed_values: Vec<String>,
}

impl NewCustomField {
    /// Reads one.
    pub(crate) fn new(request: &CreateCustomFieldRequest) -> Result<Self, FieldError> {
        let name = name("name", &request.name)?;
        let kind = custom_field::kind_name(request.r#type()).ok_or_else(|| FieldError::new("type", "is required"))?;
        fields::list("values", request.values.len(), MOST_VALUES)?;
        match (request.r#type(), request.values.is_empty()) {
            (CustomFieldType::Enum, true) => return Err(FieldError::new("values", "is required")),
            (CustomFieldType::Enum, false) | (_, true) => {}
            (_, false) => return Err(FieldError::new("values", "is only for a field of type enum")),
        }
        let allowed_values = distinct("values", &request.values, 200)?;
        Ok(Self { name, kind, is_multivalue: request.is_multivalue, allowed_values })
    }
}

/// Reads the names of a segment's statuses.
pub(crate) fn statuses(names: &[String]) -> Result<Vec<String>, FieldError> {
    fields::list("statuses", names.len(), MOST_STATUSES)?;
    distinct("statuses", names, 100)
}

/// Reads texts of which no two differ in case only.
fn distinct(field: &str, texts: &[String], most: usize) -> Result<Vec<String>, FieldError> {
    let read = |(at, text): (usize, &String)| fields::text(&format!("{field}[{at}]"), text, 1..=most);
    let texts: Vec<String> = texts.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    let mut seen = std::collections::HashSet::new();
    match texts.iter().position(|text| !seen.insert(text.to_lowercase())) {
        Some(at) => Err(FieldError::new(format!("{field}[{at}]"), "is there twice")),
        None => Ok(texts),
    }
}

/// Reads the id of an activity type.
pub(crate) fn activity_type(field: &str, id: &str) -> Result<String, FieldError> {
    let id = fields::text(field, id, 1..=100)?;
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    if id.chars().all(is_word) {
        Ok(id)
    } else {
        Err(FieldError::new(field, "has more than small letters, digits, _ and -"))
    }
}
