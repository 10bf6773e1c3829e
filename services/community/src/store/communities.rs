//! Communities, and their end.

use chrono::{DateTime, Utc};
use connectus_platform::{
    idempotency,
    store::{self, Connection, Pool, StoreError},
    time::to_exact_timestamp,
};
use connectus_proto::community::v1::{Community, CreateCommunityResponse, DeleteCommunityResponse};
use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    sql_types::{Bool, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Id, Number};
use crate::domain::{Error, structure::MOST_COMMUNITIES};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Bool)]
    is_linked: bool,
}

impl From<Row> for Community {
    fn from(row: Row) -> Self {
        let create_time = Some(to_exact_timestamp(row.created_at));
        Self { id: row.id.to_string(), name: row.name, create_time, is_linked: row.is_linked }
    }
}

/// What it makes is counted with the owner's others held, whoever makes one meanwhile.
const HOLD_OWNER: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))";
const COUNT: &str = "SELECT count(*) AS number FROM communities WHERE owner_id = $1 AND deleted_at IS NULL";
const INSERT: &str = "INSERT INTO communities (id, owner_id, name, created_at) VALUES ($1, $2, $3, now()) \
    RETURNING id, name, created_at, false AS is_linked";

/// Makes a community.
pub(crate) async fn insert(pool: &Pool, owner_id: Uuid, name: &str) -> Result<Community, Error> {
    let mut conn = store::connection(pool).await?;
    let made = conn.transaction(async |conn: &mut Connection| {
        diesel::sql_query(HOLD_OWNER).bind::<SqlUuid, _>(owner_id).execute(conn).await?;
        let count: Number = diesel::sql_query(COUNT).bind::<SqlUuid, _>(owner_id).get_result(conn).await?;
        if count.number >= MOST_COMMUNITIES {
            return Err(Error::LimitReached);
        }
        let insert = diesel::sql_query(INSERT).bind::<SqlUuid, _>(Uuid::now_v7()).bind::<SqlUuid, _>(owner_id);
        let community = Community::from(insert.bind::<Text, _>(name).get_result::<Row>(conn).await?);
        idempotency::complete(conn, &CreateCommunityResponse { community: Some(community.clone()) }).await?;
        Ok(community)
    });
    made.await
}

const LIST: &str = "SELECT id, name, created_at, linked_at IS NOT NULL AS is_linked FROM communities \
    WHERE owner_id = $1 AND deleted_at IS NULL ORDER BY id";

/// Lists an organization's communities, oldest first.
pub(crate) async fn list(pool: &Pool, owner_id: Uuid) -> Result<Vec<Community>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let rows: Vec<Row> = diesel::sql_query(LIST).bind::<SqlUuid, _>(owner_id).load(&mut conn).await?;
    Ok(rows.into_iter().map(Community::from).collect())
}

const FIND: &str = "SELECT id, name, created_at, linked_at IS NOT NULL AS is_linked FROM communities \
    WHERE id = $1 AND owner_id = $2 AND deleted_at IS NULL";

/// Finds a community of an organization.
pub(crate) async fn find(pool: &Pool, owner_id: Uuid, id: Uuid) -> Result<Community, Error> {
    let mut conn = store::connection(pool).await?;
    let find = diesel::sql_query(FIND).bind::<SqlUuid, _>(id).bind::<SqlUuid, _>(owner_id);
    find.get_result::<Row>(&mut conn).await.optional()?.map(Community::from).ok_or(Error::CommunityNotFound)
}

/// Refuses a community that is not there, whoever asks.
pub(crate) async fn require(pool: &Pool, id: Uuid) -> Result<(), Error> {
    const REQUIRE: &str = "SELECT id FROM communities WHERE id = $1 AND deleted_at IS NULL";
    let mut conn = store::connection(pool).await?;
    let found: Option<Id> = diesel::sql_query(REQUIRE).bind::<SqlUuid, _>(id).get_result(&mut conn).await.optional()?;
    found.map(drop).ok_or(Error::CommunityNotFound)
}

const DELETE: &str = "UPDATE communities SET deleted_at = now() WHERE id = $1 AND owner_id = $2 AND deleted_at IS NULL";

/// Deletes a community of an organization: nobody finds it from now on, and its data goes soon.
pub(crate) async fn delete(pool: &Pool, owner_id: Uuid, id: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let delete = diesel::sql_query(DELETE).bind::<SqlUuid, _>(id).bind::<SqlUuid, _>(owner_id);
        if delete.execute(conn).await? == 0 {
            return Err(Error::CommunityNotFound);
        }
        Ok(idempotency::complete(conn, &DeleteCommunityResponse {}).await?)
    })
    .await
}

/// Deletes all communities of an organization that is gone.
pub(crate) async fn delete_all(pool: &Pool, owner_id: Uuid) -> Result<(), StoreError> {
    const DELETE_ALL: &str = "UPDATE communities SET deleted_at = now() WHERE owner_id = $1 AND deleted_at IS NULL";
    let mut conn = store::connection(pool).await?;
    diesel::sql_query(DELETE_ALL).bind::<SqlUuid, _>(owner_id).execute(&mut conn).await?;
    Ok(())
}

/// What is deleted of a community, in this order, so that no deletion brings many others along. Each goes along an index.
const PORTIONS: [&str; 9] = [
    "DELETE FROM queue WHERE community_id = $1 AND position IN \
        (SELECT position FROM queue WHERE community_id = $1 ORDER BY position LIMIT 2000)",
    "DELETE FROM volunteers WHERE community_id = $1 AND account_id IN \
        (SELECT account_id FROM volunteers WHERE community_id = $1 ORDER BY account_id LIMIT 2000)",
    "DELETE FROM dead_items WHERE id IN (SELECT id FROM dead_items WHERE community_id = $1 ORDER BY community_id LIMIT 2000)",
    "DELETE FROM activities WHERE id IN (SELECT id FROM activities WHERE community_id = $1 ORDER BY id DESC LIMIT 2000)",
    "DELETE FROM records WHERE id IN (SELECT id FROM records WHERE community_id = $1 ORDER BY community_id LIMIT 500)",
    "DELETE FROM merges WHERE id IN (SELECT id FROM merges WHERE community_id = $1 ORDER BY id DESC LIMIT 2000)",
    "DELETE FROM anonymizations WHERE id IN (SELECT id FROM anonymizations WHERE community_id = $1 ORDER BY id DESC LIMIT 2000)",
    "DELETE FROM segment_notes WHERE id IN (SELECT n.id FROM segment_notes n JOIN segments s ON s.id = n.segment_id \
        WHERE s.community_id = $1 LIMIT 2000)",
    "DELETE FROM members WHERE id IN (SELECT id FROM members WHERE community_id = $1 LIMIT 1000)",
];
/// How many portions of a community are deleted before others have their turn.
const AT_ONCE: usize = 20;

/// Deletes some of the data of communities that are deleted. Any number of replicas may do so at once.
pub(crate) async fn delete_data(pool: &Pool) -> Result<(), StoreError> {
    const DELETED: &str = "SELECT id FROM communities WHERE deleted_at IS NOT NULL ORDER BY deleted_at LIMIT 10";
    let mut conn = store::connection(pool).await?;
    let deleted: Vec<Id> = diesel::sql_query(DELETED).load(&mut conn).await?;
    for Id { id } in deleted {
        if let Err(error) = delete_some(&mut conn, id).await {
            // The others need not wait for this one.
            tracing::warn!(community_id = %id, %error, "a deleted community's data is still there");
        }
    }
    Ok(())
}

/// Deletes some of a community's data, and then the community.
async fn delete_some(conn: &mut Connection, id: Uuid) -> QueryResult<()> {
    let mut left = AT_ONCE;
    for portion in PORTIONS {
        while delete_portion(conn, portion, id).await? > 0 {
            left -= 1;
            if left == 0 {
                return Ok(());
            }
        }
    }
    diesel::sql_query("DELETE FROM communities WHERE id = $1").bind::<SqlUuid, _>(id).execute(conn).await?;
    Ok(())
}

async fn delete_portion(conn: &mut Connection, portion: &'static str, id: Uuid) -> QueryResult<usize> {
    diesel::sql_query(portion).bind::<SqlUuid, _>(id).execute(conn).await
}
