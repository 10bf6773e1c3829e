//! Members who turn out to be one, and the undoing of that. A merge moves records to another member and nothing else, since all
//! that is known of people is tied to their records.

use chrono::{DateTime, Utc};
use connectus_platform::{
    idempotency,
    page::Page,
    store::{self, Connection, Pool, StoreError},
    time::to_exact_timestamp,
};
use connectus_proto::community::v1::{Merge as ProtoMerge, UndoMergeResponse};
use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::hold;
use crate::domain::{Error, batch::Merge};

/// Whoever was to be forgotten still is.
const MERGE: &str = "WITH moved AS (UPDATE records SET member_id = $3 WHERE member_id = $4 RETURNING id), \
    gone AS (UPDATE members SET merged_into_id = $3 WHERE id = $4), \
    forgotten AS (UPDATE anonymizations SET member_id = $3 WHERE member_id = $4 \
        AND NOT EXISTS (SELECT FROM anonymizations WHERE member_id = $3)), \
    sooner AS (UPDATE anonymizations a SET due_at = least(a.due_at, o.due_at) FROM anonymizations o \
        WHERE a.member_id = $3 AND o.member_id = $4), \
    apart AS (INSERT INTO separations (member_id, other_id) \
        SELECT least($3, o.id), greatest($3, o.id) FROM \
            (SELECT other_id AS id FROM separations WHERE member_id = $4 \
             UNION SELECT member_id FROM separations WHERE other_id = $4) AS o WHERE o.id <> $3 ON CONFLICT DO NOTHING) \
    INSERT INTO merges (id, community_id, member_id, merged_id, record_ids, matched_by, created_at) \
    SELECT $1, $2, $3, $4, coalesce(array_agg(id), '{}'), $5, now() FROM moved";

/// Makes one member of two.
pub(super) async fn merge(conn: &mut AsyncPgConnection, community_id: Uuid, merge: &Merge) -> QueryResult<()> {
    diesel::sql_query(MERGE)
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<SqlUuid, _>(community_id)
        .bind::<SqlUuid, _>(merge.member_id)
        .bind::<SqlUuid, _>(merge.merged_id)
        .bind::<Text, _>(merge.matched_by.name())
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = SqlUuid)]
    merged_id: Uuid,
    #[diesel(sql_type = Array<SqlUuid>)]
    record_ids: Vec<Uuid>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    undone_at: Option<DateTime<Utc>>,
}

const FIND: &str = "SELECT merged_id, record_ids, undone_at FROM merges WHERE id = $1 AND community_id = $2";

/// The two members are not merged again. The one that stayed may be part of a third one by now; what it does not have any more,
/// since another merge was undone, is not taken.
const UNDO: &str = "WITH RECURSIVE up AS (SELECT m.id, m.merged_into_id FROM merges JOIN members m ON m.id = merges.member_id \
        WHERE merges.id = $1 \
        UNION ALL SELECT m.id, m.merged_into_id FROM members m JOIN up ON m.id = up.merged_into_id), \
    whole AS (SELECT id FROM up WHERE merged_into_id IS NULL), \
    undone AS (UPDATE merges SET undone_at = now() WHERE id = $1), \
    back AS (UPDATE members SET merged_into_id = NULL WHERE id = $2), \
    apart AS (INSERT INTO separations (member_id, other_id) \
        SELECT least($2, id), greatest($2, id) FROM whole WHERE id <> $2 ON CONFLICT DO NOTHING), \
    forgotten AS (INSERT INTO anonymizations (id, community_id, member_id, created_at, due_at) \
        SELECT $4, community_id, $2, created_at, due_at FROM anonymizations \
        WHERE member_id IN (SELECT id FROM whole) ON CONFLICT (member_id) DO NOTHING) \
    UPDATE records SET member_id = $2 WHERE id = ANY ($3) AND member_id IN (SELECT id FROM whole)";

/// Gives a member back the records that a merge took.
pub(crate) async fn undo(pool: &Pool, community_id: Uuid, id: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        let find = diesel::sql_query(FIND).bind::<SqlUuid, _>(id).bind::<SqlUuid, _>(community_id);
        let made: Option<Made> = find.get_result(conn).await.optional()?;
        let Made { merged_id, record_ids, undone_at } = made.ok_or(Error::MergeNotFound)?;
        if undone_at.is_none() {
            diesel::sql_query(UNDO)
                .bind::<SqlUuid, _>(id)
                .bind::<SqlUuid, _>(merged_id)
                .bind::<Array<SqlUuid>, _>(record_ids)
                .bind::<SqlUuid, _>(Uuid::now_v7())
                .execute(conn)
                .await?;
        }
        Ok(idempotency::complete(conn, &UndoMergeResponse {}).await?)
    })
    .await
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    member_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    merged_id: Uuid,
    #[diesel(sql_type = Text)]
    matched_by: String,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    undone_at: Option<DateTime<Utc>>,
}

const LIST: &str = "SELECT id, member_id, merged_id, matched_by, created_at, undone_at FROM merges \
    WHERE community_id = $1 AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3";

/// Lists a community's merges, newest first, with the next page's token.
pub(crate) async fn list(pool: &Pool, community_id: Uuid, page: Page) -> Result<(Vec<ProtoMerge>, String), StoreError> {
    let mut conn = store::connection(pool).await?;
    let list = diesel::sql_query(LIST).bind::<SqlUuid, _>(community_id).bind::<Nullable<SqlUuid>, _>(page.before);
    let mut rows: Vec<Row> = list.bind::<BigInt, _>(page.size + 1).load(&mut conn).await?;
    let next = page.cut(&mut rows, |row| row.id);
    let merges = rows.into_iter().map(|row| ProtoMerge {
        id: row.id.to_string(),
        member_id: row.member_id.to_string(),
        merged_member_id: row.merged_id.to_string(),
        matched_by: row.matched_by,
        create_time: Some(to_exact_timestamp(row.created_at)),
        undo_time: row.undone_at.map(to_exact_timestamp),
    });
    Ok((merges.collect(), next))
}
