//! What was taken in and cannot be worked on, for operators.

use chrono::{DateTime, Utc};
use connectus_platform::{
    page::Page,
    store::{self, Connection, Pool, StoreError},
};
use connectus_proto::common::v1::DeadMessage;
use diesel::{
    QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use prost_types::Timestamp;
use uuid::Uuid;

use super::{hold_if_free, ingestion::Progress};

/// What is told of it: nothing of what it says, which is about people.
const REFUSED: &str = "the database refused it";

const BURY: &str = "WITH first AS (DELETE FROM queue WHERE community_id = $1 AND position = $4 RETURNING item, created_at) \
    INSERT INTO dead_items (id, community_id, item, created_at, last_error) SELECT $2, $1, item, created_at, $3 FROM first";

/// Puts an item of a community aside, unless somebody else works on them.
pub(super) async fn bury(pool: &Pool, community_id: Uuid, position: i64) -> Result<Progress, StoreError> {
    let mut conn = store::connection(pool).await?;
    let buried = conn.transaction(async |conn: &mut Connection| -> QueryResult<Progress> {
        if !hold_if_free(conn, community_id).await? {
            return Ok(Progress::Busy);
        }
        let bury = diesel::sql_query(BURY).bind::<SqlUuid, _>(community_id).bind::<SqlUuid, _>(Uuid::now_v7());
        let buried = bury.bind::<Text, _>(REFUSED).bind::<BigInt, _>(position).execute(conn).await?;
        metrics::counter!("connectus_community_dead_items_total").increment(u64::try_from(buried).unwrap_or_default());
        Ok(Progress::Done(buried))
    });
    Ok(buried.await?)
}

#[derive(QueryableByName)]
struct Dead {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    last_error: String,
}

const LIST: &str = "SELECT id, coalesce(item->>'kind', '') AS kind, created_at, last_error FROM dead_items \
    WHERE $1 IS NULL OR id < $1 ORDER BY id DESC LIMIT $2";

/// Lists it, newest first, with the next page's token.
pub(crate) async fn list(pool: &Pool, page: Page) -> Result<(Vec<DeadMessage>, String), StoreError> {
    let mut conn = store::connection(pool).await?;
    let list = diesel::sql_query(LIST).bind::<Nullable<SqlUuid>, _>(page.before).bind::<BigInt, _>(page.size + 1);
    let mut rows: Vec<Dead> = list.load(&mut conn).await?;
    let next = page.cut(&mut rows, |row| row.id);
    let messages = rows.into_iter().map(|row| DeadMessage {
        id: row.id.to_string(),
        kind: row.kind,
        create_time: Some(Timestamp { seconds: row.created_at.timestamp(), nanos: 0 }),
        attempts: 1,
        last_error: row.last_error,
    });
    Ok((messages.collect(), next))
}

const REQUEUE: &str = "WITH again AS (DELETE FROM dead_items WHERE $2 OR id = ANY ($1) RETURNING id, community_id, item) \
    INSERT INTO queue (community_id, item) SELECT community_id, item FROM again ORDER BY id";

/// Gives what cannot be worked on, all or some of it, another chance, after what waits. Tells how many there were.
pub(crate) async fn requeue(pool: &Pool, ids: &[Uuid]) -> Result<usize, StoreError> {
    let mut conn = store::connection(pool).await?;
    let requeue = diesel::sql_query(REQUEUE).bind::<Array<SqlUuid>, _>(ids).bind::<Bool, _>(ids.is_empty());
    Ok(requeue.execute(&mut conn).await?)
}
