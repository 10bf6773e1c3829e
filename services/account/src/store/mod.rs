//! What the account service keeps in its database.

pub(crate) mod accounts;
pub(crate) mod blocks;
pub(crate) mod connection_lists;
pub(crate) mod connections;
pub(crate) mod contacts;
pub(crate) mod erasure;
pub(crate) mod export;
pub(crate) mod imports;
pub(crate) mod looks;
pub(crate) mod notes;
pub(crate) mod numbers;
pub(crate) mod profiles;
pub(crate) mod relations;
mod schema;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod volunteers;

use crate::domain::Error;

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
