//! What the experience service keeps in its database.

pub(crate) mod erasure;
pub(crate) mod experiences;
pub(crate) mod export;
pub(crate) mod imports;
pub(crate) mod interests;
pub(crate) mod links;
mod notices;
pub(crate) mod opportunities;
mod opportunity_rows;
mod opportunity_search;
mod rows;
mod schema;
mod shifts;
pub(crate) mod validations;
pub(crate) mod views;

use crate::domain::Error;

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
