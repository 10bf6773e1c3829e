//! What the social service keeps in its database.

pub(crate) mod digests;
pub(crate) mod notifications;
mod schema;

use crate::domain::Error;

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
