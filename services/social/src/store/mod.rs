//! What the social service keeps in its database.

pub(crate) mod counts;
pub(crate) mod digests;
pub(crate) mod erasure;
pub(crate) mod export;
pub(crate) mod feed;
pub(crate) mod forgetting;
pub(crate) mod marks;
pub(crate) mod notifications;
pub(crate) mod posts;
mod rows;
mod schema;

use crate::domain::Error;

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
