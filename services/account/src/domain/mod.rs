//! What the account service knows and decides, without doing anything.

pub(crate) mod account;
pub(crate) mod address;
pub(crate) mod connection;
pub(crate) mod error;
pub(crate) mod import;
pub(crate) mod limits;
pub(crate) mod note;
pub(crate) mod profile;
pub(crate) mod registration;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod update;

pub(crate) use error::Error;

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use connectus_platform::fields::{self, FieldError};
use prost_types::Timestamp;
use uuid::Uuid;

/// How much of an unknown path an error says: it travels in a header.
const MOST_QUOTED: usize = 50;
/// What an update may do at most with a field mask of so many paths.
const MAX_PATHS: usize = 50;

/// Checks a field mask, and calls `set` for each path.
fn each_path(paths: &[String], mut set: impl FnMut(&str) -> Result<(), FieldError>) -> Result<(), FieldError> {
    if paths.is_empty() {
        return Err(FieldError::new("update_mask", "is required"));
    }
    fields::list("update_mask", paths.len(), MAX_PATHS)?;
    // What is said twice is done once.
    let unique: BTreeSet<&String> = paths.iter().collect();
    unique.into_iter().try_for_each(|path| set(path))
}

/// The error for a path that names no field.
fn unknown_path(path: &str) -> FieldError {
    let start: String = path.chars().take(MOST_QUOTED).collect();
    FieldError::new("update_mask", format!("has the unknown path {start:?}"))
}

/// The ids of other accounts in their usual form, each once, in their order.
fn others(field: &str, ids: &[String], most: usize, caller: Uuid) -> Result<Vec<String>, FieldError> {
    fields::list(field, ids.len(), most)?;
    let (mut seen, mut unique) = (HashSet::new(), Vec::new());
    for id in ids {
        let id = fields::id(field, id)?;
        if id == caller {
            return Err(FieldError::new(field, "has the account's own id"));
        }
        if seen.insert(id) {
            unique.push(id.to_string());
        }
    }
    Ok(unique)
}

/// A moment, to the second.
fn time(field: &str, time: Option<Timestamp>) -> Result<DateTime<Utc>, FieldError> {
    let time = time.and_then(|time| DateTime::from_timestamp(time.seconds, 0));
    time.ok_or_else(|| FieldError::new(field, "is not a time"))
}
