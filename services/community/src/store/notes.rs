//! Notes about members and segments, and tags that are put on members by hand.

use std::collections::HashSet;

use connectus_platform::store::{self, Connection, Pool};
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncConnection, RunQueryDsl};
use uuid::Uuid;

use super::{hold, members, tags};
use crate::domain::{Error, handle::Handle, tag::TagRef};

const INSERT: &str = "INSERT INTO notes (id, record_id, note, created_at) VALUES ($1, $2, $3, now())";

/// Adds a note to a member.
pub(crate) async fn add_to_member(pool: &Pool, community_id: Uuid, handle: &Handle, note: &str) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        let record = members::record(conn, community_id, handle).await?;
        let insert = diesel::sql_query(INSERT).bind::<SqlUuid, _>(Uuid::now_v7()).bind::<SqlUuid, _>(record.id);
        insert.bind::<Text, _>(note).execute(conn).await?;
        Ok(())
    })
    .await
}

/// Puts tags on a member.
pub(crate) async fn tag_member(pool: &Pool, community_id: Uuid, handle: &Handle, tags: &[TagRef]) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        let record = members::record(conn, community_id, handle).await?;
        let ids = tags::resolve(conn, community_id, &tags.iter().collect::<HashSet<_>>()).await?;
        let tagged: Vec<(Uuid, Uuid)> = ids.into_values().map(|tag| (record.id, tag)).collect();
        tags::put_on_records(conn, &tagged).await?;
        Ok(())
    })
    .await
}

const INSERT_OF_SEGMENT: &str = "INSERT INTO segment_notes (id, segment_id, note, created_at) \
    SELECT $1, id, $4, now() FROM segments WHERE community_id = $2 AND id = $3";

/// Adds a note to a segment.
pub(crate) async fn add_to_segment(pool: &Pool, community_id: Uuid, segment_id: i64, note: &str) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    let insert = diesel::sql_query(INSERT_OF_SEGMENT).bind::<SqlUuid, _>(Uuid::now_v7());
    let insert = insert.bind::<SqlUuid, _>(community_id).bind::<BigInt, _>(segment_id).bind::<Text, _>(note);
    if insert.execute(&mut conn).await? == 0 { Err(Error::SegmentNotFound) } else { Ok(()) }
}
