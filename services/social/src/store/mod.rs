//! What the social service keeps in its database.

mod schema;

use crate::domain::Error;

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
