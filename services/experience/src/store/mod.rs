//! What the experience service keeps in its database.

pub(crate) mod erasure;
pub(crate) mod experiences;
pub(crate) mod export;
pub(crate) mod imports;
pub(crate) mod links;
pub(crate) mod opportunities;
mod rows;
mod schema;
pub(crate) mod validations;

use crate::domain::Error;

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
