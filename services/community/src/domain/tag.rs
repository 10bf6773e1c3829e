//! Tags: their names, and how they are put on something.

use connectus_platform::fields::{self, FieldError};
use connectus_proto::community::v1::{EntityType, TagAssignment, tag_assignment};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many tags one thing gets at once.
pub(crate) const MOST_ASSIGNED: usize = 50;
/// How many tags a community has at most.
pub(crate) const MOST: i64 = 5000;

/// A tag, as somebody puts it on something.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TagRef {
    /// One that is there.
    Id(Uuid),
    /// One that is there or is made.
    Name(String),
}

/// Reads tags that something gets.
pub(crate) fn assigned(field: &str, tags: &[TagAssignment]) -> Result<Vec<TagRef>, FieldError> {
    fields::list(field, tags.len(), MOST_ASSIGNED)?;
    let read = |(at, tag): (usize, &TagAssignment)| match &tag.tag {
        Some(tag_assignment::Tag::Id(id)) => Ok(TagRef::Id(fields::id(&format!("{field}[{at}].id"), id)?)),
        Some(tag_assignment::Tag::Name(text)) => Ok(TagRef::Name(name(&format!("{field}[{at}].name"), text)?)),
        None => Err(FieldError::new(format!("{field}[{at}]"), "is required")),
    };
    tags.iter().enumerate().map(read).collect()
}

/// Reads the names of tags that something gets.
pub(crate) fn named(field: &str, names: &[String]) -> Result<Vec<TagRef>, FieldError> {
    fields::list(field, names.len(), MOST_ASSIGNED)?;
    let read = |(at, text): (usize, &String)| Ok(TagRef::Name(name(&format!("{field}[{at}]"), text)?));
    names.iter().enumerate().map(read).collect()
}

/// Reads a tag's name. It has no comma, which parts names in lists.
pub(crate) fn name(field: &str, value: &str) -> Result<String, FieldError> {
    let name = fields::text(field, value, 1..=100)?;
    if name.contains(',') { Err(FieldError::new(field, "has a comma")) } else { Ok(name) }
}

/// What a type of entity is called in the database.
pub(crate) fn entity_name(entity: EntityType) -> Option<&'static str> {
    match entity {
        EntityType::Member => Some("member"),
        EntityType::Activity => Some("activity"),
        EntityType::Company => Some("company"),
        EntityType::Unspecified => None,
    }
}

/// The type of entity that is called so in the database.
pub(crate) fn entity_of(name: &str) -> EntityType {
    let named = |entity: &EntityType| entity_name(*entity) == Some(name);
    [EntityType::Member, EntityType::Activity, EntityType::Company].into_iter().find(named).unwrap_or_default()
}
