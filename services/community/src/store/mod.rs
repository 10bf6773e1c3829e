//! What the community service keeps in its database.

pub(crate) mod admission;
pub(crate) mod anonymizations;
pub(crate) mod communities;
pub(crate) mod dead_items;
pub(crate) mod ingestion;
pub(crate) mod links;
pub(crate) mod lists;
mod load;
pub(crate) mod members;
pub(crate) mod merges;
pub(crate) mod notes;
pub(crate) mod queue;
pub(crate) mod segments;
pub(crate) mod structure;
pub(crate) mod tags;
pub(crate) mod tokens;
pub(crate) mod volunteers;
mod write;

use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    sql_types::{BigInt, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::domain::Error;

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A row of one id.
#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// A row of one number.
#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// A row of an id and a name.
#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    name: String,
}

/// Holds a community until the transaction ends: nobody else changes what is known of its people meanwhile.
async fn hold(conn: &mut AsyncPgConnection, community_id: Uuid) -> Result<(), Error> {
    const HOLD: &str = "SELECT id FROM communities WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE";
    let held: Option<Id> =
        diesel::sql_query(HOLD).bind::<SqlUuid, _>(community_id).get_result(conn).await.optional()?;
    held.map(drop).ok_or(Error::CommunityNotFound)
}

/// Holds a community, unless somebody else does, or it is deleted.
async fn hold_if_free(conn: &mut AsyncPgConnection, community_id: Uuid) -> QueryResult<bool> {
    const HOLD: &str = "SELECT id FROM communities WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE SKIP LOCKED";
    let held: Option<Id> =
        diesel::sql_query(HOLD).bind::<SqlUuid, _>(community_id).get_result(conn).await.optional()?;
    Ok(held.is_some())
}
