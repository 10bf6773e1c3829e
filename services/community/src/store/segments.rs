//! Segments, and who is in them.

use connectus_platform::{
    fields::FieldError,
    store::{self, Connection, Pool, StoreError},
};
use connectus_proto::community::v1::{Segment, SegmentStatus};
use diesel::{
    OptionalExtension, QueryResult,
    sql_types::{Array, BigInt, Nullable, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Named, Number, hold, members};
use crate::domain::{Error, handle::Handle};

const LIST: &str = "SELECT id, name FROM segments WHERE community_id = $1 ORDER BY id";
const STATUSES: &str = "SELECT id, name FROM segment_statuses WHERE segment_id = $1 ORDER BY id";

/// Lists a community's segments.
pub(crate) async fn list(pool: &Pool, community_id: Uuid) -> Result<Vec<Segment>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let rows: Vec<Named> = diesel::sql_query(LIST).bind::<SqlUuid, _>(community_id).load(&mut conn).await?;
    Ok(rows.into_iter().map(|Named { id, name }| Segment { id, name }).collect())
}

/// Lists the statuses of a community's segment in their order.
pub(crate) async fn statuses(pool: &Pool, community_id: Uuid, segment_id: i64) -> Result<Vec<SegmentStatus>, Error> {
    let mut conn = store::connection(pool).await?;
    require(&mut conn, community_id, segment_id).await?;
    let rows: Vec<Named> = diesel::sql_query(STATUSES).bind::<BigInt, _>(segment_id).load(&mut conn).await?;
    Ok(rows.into_iter().map(|Named { id, name }| SegmentStatus { id, name }).collect())
}

/// Refuses a segment that the community does not have.
async fn require(conn: &mut AsyncPgConnection, community_id: Uuid, segment_id: i64) -> Result<(), Error> {
    const FIND: &str = "SELECT id AS number FROM segments WHERE community_id = $1 AND id = $2";
    let find = diesel::sql_query(FIND).bind::<SqlUuid, _>(community_id).bind::<BigInt, _>(segment_id);
    find.get_result::<Number>(conn).await.optional()?.map(drop).ok_or(Error::SegmentNotFound)
}

/// Refuses a segment that the community does not have, before something else is done.
pub(crate) async fn check(pool: &Pool, community_id: Uuid, segment_id: i64) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    require(&mut conn, community_id, segment_id).await
}

/// Without a status, who is there stays where they are, and others begin at the first one.
const PUT: &str = "INSERT INTO segment_records AS old (segment_id, record_id, status_id, changed_at) \
    SELECT $1, id, coalesce($3, (SELECT min(id) FROM segment_statuses WHERE segment_id = $1)), clock_timestamp() \
    FROM unnest($2) AS r (id) \
    ON CONFLICT (segment_id, record_id) DO UPDATE SET \
        status_id = coalesce($3, old.status_id), changed_at = excluded.changed_at";

/// Puts members into a segment: all of them, or none.
pub(crate) async fn add(
    pool: &Pool,
    community_id: Uuid,
    segment_id: i64,
    handles: &[Handle],
    status_id: Option<i64>,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        require(conn, community_id, segment_id).await?;
        require_status(conn, segment_id, status_id).await?;
        let mut records = Vec::new();
        for handle in handles {
            let record = members::record(conn, community_id, handle).await?.id;
            if !records.contains(&record) {
                records.push(record);
            }
        }
        Ok(put(conn, segment_id, &records, status_id).await?)
    })
    .await
}

async fn put(
    conn: &mut AsyncPgConnection,
    segment_id: i64,
    records: &[Uuid],
    status_id: Option<i64>,
) -> QueryResult<()> {
    let put = diesel::sql_query(PUT).bind::<BigInt, _>(segment_id).bind::<Array<SqlUuid>, _>(records);
    put.bind::<Nullable<BigInt>, _>(status_id).execute(conn).await?;
    Ok(())
}

async fn require_status(conn: &mut AsyncPgConnection, segment_id: i64, status_id: Option<i64>) -> Result<(), Error> {
    const FIND: &str = "SELECT id AS number FROM segment_statuses WHERE segment_id = $1 AND id = $2";
    let Some(status_id) = status_id else { return Ok(()) };
    let find = diesel::sql_query(FIND).bind::<BigInt, _>(segment_id).bind::<BigInt, _>(status_id);
    let found: Option<Number> = find.get_result(conn).await.optional()?;
    found.map(drop).ok_or_else(|| FieldError::new("status_id", "is no status of the segment").into())
}
