//! What auth keeps in its database.

pub(crate) mod access;
pub(crate) mod accounts;
pub(crate) mod keys;
pub(crate) mod links;
mod schema;

use crate::domain::Error;

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
