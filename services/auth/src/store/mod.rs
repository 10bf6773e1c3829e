//! What auth keeps in its database.

pub(crate) mod access;
pub(crate) mod accounts;
pub(crate) mod deletion;
pub(crate) mod email_changes;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod links;
pub(crate) mod locks;
pub(crate) mod passwords;
mod schema;
pub(crate) mod sessions;

use crate::domain::Error;

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
