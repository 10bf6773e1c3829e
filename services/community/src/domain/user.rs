//! A person as one source knows them.

use connectus_platform::fields::{self, FieldError};
use connectus_proto::community::v1::{CustomField, SourceUser};
use serde::{Deserialize, Serialize};

use super::{custom_field, profile, statements::Said, tag, tag::TagRef};

/// The longest id that a source has for something, in characters.
const LONGEST_ID: usize = 500;
/// How the ids begin that are given to what was forgotten, in place of the source's own.
const FORGOTTEN: &str = "forgotten:";

/// What a source says about a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct User {
    /// The source's own id of the person.
    pub(crate) id: String,
    /// The source whose id it is, where another one speaks of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source_id: Option<i64>,
    /// What it says of fields.
    #[serde(default, skip_serializing_if = "Said::is_empty")]
    pub(crate) said: Said,
    /// Tags that the person gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<TagRef>,
    /// Fields of which it takes back what it said. Only the suite itself does so, and not through a queue.
    #[serde(skip)]
    pub(crate) taken_back: Vec<&'static str>,
}

impl User {
    /// Reads what a source says, of a community that has these custom fields.
    pub(crate) fn new(path: &str, user: &SourceUser, known: &[CustomField]) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let id = kept(source_id(&format!("{path}.id"), &user.id).map_err(|error| vec![error]), &mut errors);
        let mask = user.profile_mask.as_ref().map(|mask| mask.paths.as_slice());
        let profile = user.profile.clone().unwrap_or_default();
        let mut said = kept(profile::said(&format!("{path}.profile"), &profile, mask), &mut errors);
        said.extend(kept(
            custom_field::said(&format!("{path}.custom_fields"), &user.custom_fields, known),
            &mut errors,
        ));
        let tags = tag::assigned(&format!("{path}.tags"), &user.tags).map_err(|error| vec![error]);
        let tags = kept(tags, &mut errors);
        if errors.is_empty() {
            Ok(Self { id, source_id: None, said, tags, taken_back: Vec::new() })
        } else {
            Err(errors)
        }
    }
}

/// Reads the id that a source has for something.
pub(crate) fn source_id(field: &str, id: &str) -> Result<String, FieldError> {
    let id = fields::text(field, id, 1..=LONGEST_ID)?;
    if id.starts_with(FORGOTTEN) {
        return Err(FieldError::new(field, format!("begins with {FORGOTTEN}, as only what was forgotten does")));
    }
    Ok(id)
}

/// What was read, or nothing and the errors with the others.
pub(super) fn kept<T: Default>(read: Result<T, Vec<FieldError>>, errors: &mut Vec<FieldError>) -> T {
    read.unwrap_or_else(|found| {
        errors.extend(found);
        T::default()
    })
}
