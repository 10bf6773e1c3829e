//! What the account service knows and decides, without doing anything.

pub(crate) mod account;
pub(crate) mod address;
pub(crate) mod error;
pub(crate) mod profile;
pub(crate) mod registration;
pub(crate) mod settings;

pub(crate) use error::Error;

use connectus_platform::fields::FieldError;

/// What an update may do at most with a field mask of so many paths.
const MAX_PATHS: usize = 50;

/// Checks a field mask, and calls `set` for each path.
fn each_path(paths: &[String], mut set: impl FnMut(&str) -> Result<(), FieldError>) -> Result<(), FieldError> {
    if paths.is_empty() {
        return Err(FieldError::new("update_mask", "is required"));
    }
    connectus_platform::fields::list("update_mask", paths.len(), MAX_PATHS)?;
    paths.iter().try_for_each(|path| set(path))
}

/// The error for a path that names no field.
fn unknown_path(path: &str) -> FieldError {
    FieldError::new("update_mask", format!("has the unknown path {path:?}"))
}
