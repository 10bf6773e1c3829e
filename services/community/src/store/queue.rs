//! What was taken in, in the order in which it is worked on.

use chrono::{DateTime, Utc};
use connectus_platform::{
    fields::FieldError,
    store::{self, Connection, Pool, StoreError, statement},
};
use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Bool, Double, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::{Id, Number, hold, members, members::Record};
use crate::domain::{
    Error,
    handle::Handle,
    item::{Item, ItemKind},
};

/// An item that waits.
#[derive(QueryableByName)]
pub(super) struct Waiting {
    /// Where it stands.
    #[diesel(sql_type = BigInt)]
    pub(super) position: i64,
    /// What it is.
    #[diesel(sql_type = Jsonb)]
    pub(super) item: Value,
    /// When it was taken in.
    #[diesel(sql_type = Timestamptz)]
    pub(super) created_at: DateTime<Utc>,
}

/// One statement for all that there must be. Nobody speaks for the suite itself, but what is said of a person may be put down to it.
const ACCEPT: &str = "INSERT INTO queue (community_id, item) \
    SELECT s.community_id, $3 FROM sources s WHERE s.id = $2 AND s.community_id = $1 AND ($5 OR NOT s.is_connectus) \
        AND ($4 IS NULL OR EXISTS (SELECT FROM activity_types t WHERE t.community_id = $1 AND t.id = $4)) \
    RETURNING position AS number";

const FIND_SOURCE: &str = "SELECT id AS number FROM sources WHERE id = $1 AND community_id = $2 AND NOT is_connectus";

/// Takes an item in, which waits from now on. Answers where it stands.
pub(crate) async fn accept(pool: &Pool, community_id: Uuid, item: &Item) -> Result<i64, Error> {
    let mut conn = store::connection(pool).await?;
    accept_on(&mut conn, community_id, item, false).await
}

/// The same in a transaction.
pub(super) async fn accept_on(
    conn: &mut AsyncPgConnection,
    community_id: Uuid,
    item: &Item,
    is_ours: bool,
) -> Result<i64, Error> {
    let (json, activity_type) = (json(item)?, activity_type(item));
    let accepted: Option<Number> = statement(ACCEPT)
        .bind::<SqlUuid, _>(community_id)
        .bind::<BigInt, _>(item.source_id)
        .bind::<Jsonb, _>(json)
        .bind::<Nullable<Text>, _>(activity_type)
        .bind::<Bool, _>(is_ours)
        .get_result(conn)
        .await
        .optional()?;
    match accepted {
        Some(Number { number }) => Ok(number),
        None => Err(refusal(conn, community_id, item.source_id).await?),
    }
}

/// They stand in the order in which they are given: PostgreSQL numbers rows as it inserts them, after sorting.
const ACCEPT_USERS: &str = "INSERT INTO queue (community_id, item) \
    SELECT s.community_id, i.item FROM sources s CROSS JOIN unnest($3) WITH ORDINALITY AS i (item, number) \
    WHERE s.id = $2 AND s.community_id = $1 AND NOT s.is_connectus ORDER BY i.number";

/// Takes in what a source says about people, all or nothing of it.
pub(crate) async fn accept_users(pool: &Pool, community_id: Uuid, source_id: i64, items: &[Item]) -> Result<(), Error> {
    let items: Vec<Value> = items.iter().map(json).collect::<QueryResult<_>>()?;
    let mut conn = store::connection(pool).await?;
    let accept = diesel::sql_query(ACCEPT_USERS).bind::<SqlUuid, _>(community_id).bind::<BigInt, _>(source_id);
    let accepted = accept.bind::<Array<Jsonb>, _>(&items).execute(&mut conn).await?;
    // A source only goes with its community.
    if accepted == items.len() { Ok(()) } else { Err(Error::CommunityNotFound) }
}

/// Why an item is not taken in.
async fn refusal(conn: &mut AsyncPgConnection, community_id: Uuid, source_id: i64) -> QueryResult<Error> {
    let source = diesel::sql_query(FIND_SOURCE).bind::<BigInt, _>(source_id).bind::<SqlUuid, _>(community_id);
    let source: Option<Number> = source.get_result(conn).await.optional()?;
    let no_type = || FieldError::new("activity.activity_type", "is no type of the community").into();
    Ok(source.map_or(Error::SourceNotFound, |_| no_type()))
}

fn activity_type(item: &Item) -> Option<&str> {
    match &item.said {
        ItemKind::User(_) => None,
        ItemKind::Activity(activity) => Some(&activity.activity_type),
    }
}

fn json(item: &Item) -> QueryResult<Value> {
    serde_json::to_value(item).map_err(|error| diesel::result::Error::SerializationError(error.into()))
}

/// Hops from one community to the next, however much waits of each.
const COMMUNITIES: &str = "WITH RECURSIVE waiting AS ( \
        (SELECT community_id AS id FROM queue ORDER BY community_id LIMIT 1) \
        UNION ALL \
        SELECT (SELECT q.community_id FROM queue q WHERE q.community_id > w.id ORDER BY q.community_id LIMIT 1) \
        FROM waiting w WHERE w.id IS NOT NULL) \
    SELECT id FROM waiting WHERE id IS NOT NULL";

/// What waits, up to a number that takes no long time to count, since when, and what was put aside.
#[derive(QueryableByName)]
pub(crate) struct Measured {
    #[diesel(sql_type = Double)]
    pub(crate) depth: f64,
    #[diesel(sql_type = Double)]
    pub(crate) age: f64,
    #[diesel(sql_type = Double)]
    pub(crate) dead: f64,
}

/// Hops likewise, and looks at the first item of each.
const MEASURE: &str = "WITH RECURSIVE waiting AS ( \
        (SELECT community_id AS id FROM queue ORDER BY community_id LIMIT 1) \
        UNION ALL \
        SELECT (SELECT q.community_id FROM queue q WHERE q.community_id > w.id ORDER BY q.community_id LIMIT 1) \
        FROM waiting w WHERE w.id IS NOT NULL) \
    SELECT (SELECT count(*) FROM (SELECT FROM queue LIMIT 100000) AS counted)::float8 AS depth, \
        coalesce(extract(epoch FROM now() - min(f.created_at)), 0)::float8 AS age, \
        (SELECT count(*) FROM dead_items)::float8 AS dead \
    FROM waiting w CROSS JOIN LATERAL \
        (SELECT created_at FROM queue q WHERE q.community_id = w.id ORDER BY position LIMIT 1) f";

/// Measures it.
pub(crate) async fn measure(pool: &Pool) -> Result<Measured, StoreError> {
    let mut conn = store::connection(pool).await?;
    Ok(diesel::sql_query(MEASURE).get_result(&mut conn).await?)
}

/// The communities of which something waits.
pub(crate) async fn communities(pool: &Pool) -> Result<Vec<Uuid>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let ids: Vec<Id> = diesel::sql_query(COMMUNITIES).load(&mut conn).await?;
    Ok(ids.into_iter().map(|row| row.id).collect())
}

/// The first item, and those after it that are not too large together. It hops from one to the next, which is quick whatever
/// PostgreSQL takes the table's size to be: where it was counted while nearly empty, all of it would be read and put in order.
const FIRST: &str = "WITH RECURSIVE first AS ( \
        (SELECT position, item, created_at, 1 AS number, pg_column_size(item) AS size FROM queue \
        WHERE community_id = $1 ORDER BY position LIMIT 1) \
        UNION ALL \
        SELECT q.position, q.item, q.created_at, f.number + 1, f.size + pg_column_size(q.item) \
        FROM first f CROSS JOIN LATERAL ( \
            SELECT position, item, created_at FROM queue \
            WHERE community_id = $1 AND position > f.position ORDER BY position LIMIT 1) AS q \
        WHERE f.number < $2 AND f.size < 2000000) \
    SELECT position, item, created_at FROM first ORDER BY number";

/// Where the first item of a community stands that waits.
pub(super) async fn first_position(pool: &Pool, community_id: Uuid) -> Result<Option<i64>, StoreError> {
    const FIRST: &str = "SELECT position AS number FROM queue WHERE community_id = $1 ORDER BY position LIMIT 1";
    let mut conn = store::connection(pool).await?;
    let first = diesel::sql_query(FIRST).bind::<SqlUuid, _>(community_id).get_result::<Number>(&mut conn).await;
    Ok(first.optional()?.map(|first| first.number))
}

/// Drops what waits of communities that are not there any more.
pub(crate) async fn drop_orphans(pool: &Pool) -> Result<(), StoreError> {
    const GONE: &str =
        "SELECT id FROM unnest($1) AS w (id) WHERE NOT EXISTS (SELECT FROM communities c WHERE c.id = w.id)";
    const DROP: &str = "DELETE FROM queue WHERE community_id = $1";
    let waiting = communities(pool).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let mut conn = store::connection(pool).await?;
    let gone: Vec<Id> = diesel::sql_query(GONE).bind::<Array<SqlUuid>, _>(waiting).load(&mut conn).await?;
    for Id { id } in gone {
        diesel::sql_query(DROP).bind::<SqlUuid, _>(id).execute(&mut conn).await?;
    }
    Ok(())
}

/// Takes in what is said of a member who is there, of whom it is made up with the community held: nobody forgets them meanwhile.
/// Answers where it stands.
pub(crate) async fn accept_of(
    pool: &Pool,
    community_id: Uuid,
    handle: &Handle,
    item: impl FnOnce(Record) -> Item + Send,
) -> Result<i64, Error> {
    let mut conn = store::connection(pool).await?;
    let accepted = conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        let record = members::record(conn, community_id, handle).await?;
        accept_on(conn, community_id, &item(record), true).await
    });
    accepted.await
}

/// The first items that wait of a community.
pub(super) async fn first(conn: &mut AsyncPgConnection, community_id: Uuid, most: i64) -> QueryResult<Vec<Waiting>> {
    diesel::sql_query(FIRST).bind::<SqlUuid, _>(community_id).bind::<BigInt, _>(most).load(conn).await
}

/// Whether an item does not wait any more.
pub(super) async fn is_gone(conn: &mut AsyncPgConnection, community_id: Uuid, position: i64) -> QueryResult<bool> {
    const FIND: &str = "SELECT position AS number FROM queue WHERE community_id = $1 AND position = $2";
    let find = diesel::sql_query(FIND).bind::<SqlUuid, _>(community_id).bind::<BigInt, _>(position);
    Ok(find.get_result::<Number>(conn).await.optional()?.is_none())
}

/// Removes what is done, whose positions are in order. Between them there may be one that was taken in only now.
pub(super) async fn remove(conn: &mut AsyncPgConnection, community_id: Uuid, positions: &[i64]) -> QueryResult<()> {
    const REMOVE: &str =
        "DELETE FROM queue WHERE community_id = $1 AND position BETWEEN $3 AND $4 AND position = ANY ($2)";
    let (Some(first), Some(last)) = (positions.first(), positions.last()) else { return Ok(()) };
    let remove = diesel::sql_query(REMOVE).bind::<SqlUuid, _>(community_id).bind::<Array<BigInt>, _>(positions);
    remove.bind::<BigInt, _>(first).bind::<BigInt, _>(last).execute(conn).await?;
    Ok(())
}
