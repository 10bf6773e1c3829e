//! What the experience service keeps in its database.

pub(crate) mod confirmations;
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

use connectus_platform::throttle::{self, Attempt};
use diesel_async::AsyncPgConnection;

use crate::domain::Error;

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Refuses what is done too often. It counts with the transaction that does it, and not at all where that fails.
async fn admit(conn: &mut AsyncPgConnection, attempts: &[Attempt]) -> Result<(), Error> {
    throttle::admit_on(conn, attempts).await?.map_err(Error::TooManyAttempts)
}
