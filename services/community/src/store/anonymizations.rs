//! Who is to be forgotten, and the forgetting.

use chrono::{DateTime, TimeDelta, Utc};
use connectus_platform::{
    page::Page,
    store::{self, Connection, Pool, StoreError},
    time::to_exact_timestamp,
};
use connectus_proto::community::v1::Anonymization;
use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Id, hold, ingestion, members};
use crate::domain::{Error, handle::Handle};

/// Who is to be forgotten already still is, at the time that was said first.
const REQUEST: &str = "INSERT INTO anonymizations (id, community_id, member_id, created_at, due_at) \
    SELECT m.id, $1, m.member_id, $4, $5 FROM unnest($2, $3) AS m (id, member_id) ON CONFLICT (member_id) DO NOTHING";

/// Asks that the members who have a handle be forgotten after a while.
pub(crate) async fn request(pool: &Pool, community_id: Uuid, handle: &Handle, after: TimeDelta) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        let members = members::ids(conn, community_id, handle).await?;
        if members.is_empty() {
            return Err(Error::MemberNotFound);
        }
        Ok(request_on(conn, community_id, members, after).await?)
    })
    .await
}

/// The same of members of a community that is held.
pub(super) async fn request_on(
    conn: &mut AsyncPgConnection,
    community_id: Uuid,
    members: Vec<Uuid>,
    after: TimeDelta,
) -> QueryResult<()> {
    let now = Utc::now();
    let ids: Vec<Uuid> = members.iter().map(|_| Uuid::now_v7()).collect();
    let insert = diesel::sql_query(REQUEST).bind::<SqlUuid, _>(community_id).bind::<Array<SqlUuid>, _>(ids);
    let insert = insert.bind::<Array<SqlUuid>, _>(members);
    insert.bind::<Timestamptz, _>(now).bind::<Timestamptz, _>(now + after).execute(conn).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    community_id: Uuid,
    #[diesel(sql_type = Nullable<BigInt>)]
    last_position: Option<i64>,
}

/// What was taken in of a person by now is worked on first.
const DUE: &str = "SELECT a.id, a.community_id, \
        (SELECT max(position) FROM queue q WHERE q.community_id = a.community_id) AS last_position \
    FROM anonymizations a JOIN communities c ON c.id = a.community_id \
    WHERE a.finished_at IS NULL AND a.due_at <= now() AND c.deleted_at IS NULL ORDER BY a.due_at LIMIT 100";

/// Forgets who is due. Any number of replicas may do so at once.
pub(crate) async fn finish_due(pool: &Pool) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    let due: Vec<Due> = diesel::sql_query(DUE).load(&mut conn).await?;
    drop(conn);
    for due in due {
        if let Err(error) = finish(pool, &due).await {
            // The others need not wait for this one.
            tracing::warn!(id = %due.id, ?error, "a member is not forgotten yet");
        }
    }
    Ok(())
}

async fn finish(pool: &Pool, due: &Due) -> Result<(), Error> {
    if let Some(position) = due.last_position {
        ingestion::work_until(pool, due.community_id, position).await?;
    }
    forget(pool, due.community_id, due.id).await
}

/// How many activities one transaction is about.
const PORTION: i64 = 1000;

/// Forgets a member, in portions that nobody need wait for long.
async fn forget(pool: &Pool, community_id: Uuid, id: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    loop {
        let is_done = conn.transaction(async |conn: &mut Connection| -> Result<bool, Error> {
            hold(conn, community_id).await?;
            let Some(member) = unfinished(conn, id).await? else { return Ok(true) };
            let records = records(conn, member).await?;
            if rename_parents(conn, &records).await? > 0 || forget_activities(conn, id, &records).await? > 0 {
                return Ok(false);
            }
            forget_person(conn, community_id, member, &records).await?;
            diesel::sql_query(FINISH).bind::<SqlUuid, _>(id).execute(conn).await?;
            Ok(true)
        });
        if is_done.await? {
            return Ok(());
        }
    }
}

/// The member whom an anonymization is about, if it is not finished.
async fn unfinished(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<Option<Uuid>> {
    const FIND: &str = "SELECT member_id AS id FROM anonymizations WHERE id = $1 AND finished_at IS NULL FOR UPDATE";
    let found: Option<Id> = diesel::sql_query(FIND).bind::<SqlUuid, _>(id).get_result(conn).await.optional()?;
    Ok(found.map(|row| row.id))
}

async fn records(conn: &mut AsyncPgConnection, member: Uuid) -> QueryResult<Vec<Uuid>> {
    const FIND: &str = "SELECT id FROM records WHERE member_id = $1";
    let rows: Vec<Id> = diesel::sql_query(FIND).bind::<SqlUuid, _>(member).load(conn).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The ids that the source gave activities may tell who it was; those that were forgotten have one of our own instead, which others
/// that belong to them learn first.
const RENAME_PARENTS: &str = "WITH told AS (SELECT id, source_id, external_id, activity_type FROM activities \
        WHERE record_id = ANY ($1) AND external_id NOT LIKE 'forgotten:%' LIMIT $2), \
    belonging AS (SELECT a.id, told.id AS parent_id FROM told JOIN activities a ON a.source_id = told.source_id \
        AND a.parent_external_id = told.external_id AND a.parent_activity_type = told.activity_type LIMIT $2) \
    UPDATE activities a SET parent_external_id = 'forgotten:' || b.parent_id FROM belonging b WHERE a.id = b.id";

async fn rename_parents(conn: &mut AsyncPgConnection, records: &[Uuid]) -> QueryResult<usize> {
    let rename = diesel::sql_query(RENAME_PARENTS).bind::<Array<SqlUuid>, _>(records);
    rename.bind::<BigInt, _>(PORTION).execute(conn).await
}

/// An activity keeps its type, its time, its source, its hours and its tags.
const FORGET_ACTIVITIES: &str = "WITH told AS (SELECT id FROM activities \
        WHERE record_id = ANY ($2) AND external_id NOT LIKE 'forgotten:%' LIMIT $3), \
    forgotten AS (UPDATE activities a SET external_id = 'forgotten:' || a.id, title = '', content = '', url = '', \
            sub_source = '', begins = NULL, ends = NULL, parent_external_id = NULL, parent_activity_type = NULL \
        FROM told WHERE a.id = told.id RETURNING a.id) \
    UPDATE anonymizations SET activities_count = activities_count + (SELECT count(*) FROM forgotten) \
    WHERE id = $1 AND EXISTS (SELECT FROM told)";

async fn forget_activities(conn: &mut AsyncPgConnection, id: Uuid, records: &[Uuid]) -> QueryResult<usize> {
    let forget = diesel::sql_query(FORGET_ACTIVITIES).bind::<SqlUuid, _>(id);
    forget.bind::<Array<SqlUuid>, _>(records).bind::<BigInt, _>(PORTION).execute(conn).await
}

/// What was put aside, or was taken in a moment ago, is about somebody by the source's id, or by a handle that it says.
macro_rules! forget_items {
    ($table:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " d USING records r LEFT JOIN handles h ON h.record_id = r.id \
            WHERE d.community_id = $1 AND r.community_id = $1 AND r.id = ANY ($2) AND ( \
                (r.external_id IN (d.item->>'id', d.item->'user'->>'id') \
                    AND r.source_id::text IN (d.item->>'source_id', d.item->'user'->>'source_id')) \
                OR lower(d.item->'said'->>h.kind) = h.value OR lower(d.item->'user'->'said'->>h.kind) = h.value)"
        )
    };
}
const FORGET_DEAD: &str = forget_items!("dead_items");
const FORGET_WAITING: &str = forget_items!("queue");
/// Tags that were made of who it is.
const FORGET_TAGS: &str = "DELETE FROM tags t USING records r LEFT JOIN handles h ON h.record_id = r.id \
    WHERE t.community_id = $1 AND r.community_id = $1 AND r.id = ANY ($2) \
    AND lower(t.name) IN (h.value, lower(r.statements->'full_name'->>0))";
const FORGET_HANDLES: &str = "DELETE FROM handles WHERE record_id = ANY ($2) AND community_id = $1";
const FORGET_NOTES: &str =
    "DELETE FROM notes n USING records r WHERE n.record_id = r.id AND r.id = ANY ($2) AND r.community_id = $1";
/// What was confirmed by now does not come back, and who that is about cannot be read from what is kept for it.
const REMEMBER_VOLUNTEERS: &str = "INSERT INTO forgotten_volunteers (community_id, account_hash, forgotten_at) \
    SELECT $1, sha256(convert_to($1::text || r.external_id, 'UTF8')), clock_timestamp() \
    FROM records r JOIN sources s ON s.id = r.source_id \
    WHERE s.is_connectus AND r.id = ANY ($2) AND r.community_id = $1 \
    ON CONFLICT (community_id, account_hash) DO UPDATE SET forgotten_at = excluded.forgotten_at";
const FORGET_VOLUNTEERS: &str = "DELETE FROM volunteers v USING records r JOIN sources s ON s.id = r.source_id \
    WHERE r.id = ANY ($2) AND v.community_id = $1 \
    AND v.account_id = CASE WHEN s.is_connectus AND r.external_id NOT LIKE 'forgotten:%' THEN r.external_id::uuid END";
const FORGET_RECORDS: &str = "UPDATE records SET statements = '{}', external_id = 'forgotten:' || gen_random_uuid()::text \
    WHERE id = ANY ($2) AND community_id = $1";

const MARK: &str = "UPDATE members SET anonymized_at = now() WHERE id = $1";

/// Forgets everything that says who a member is.
async fn forget_person(
    conn: &mut AsyncPgConnection,
    community_id: Uuid,
    member: Uuid,
    records: &[Uuid],
) -> QueryResult<()> {
    let all = [
        FORGET_DEAD,
        FORGET_WAITING,
        FORGET_TAGS,
        FORGET_HANDLES,
        FORGET_NOTES,
        REMEMBER_VOLUNTEERS,
        FORGET_VOLUNTEERS,
        FORGET_RECORDS,
    ];
    for forget in all {
        let forget = diesel::sql_query(forget).bind::<SqlUuid, _>(community_id);
        forget.bind::<Array<SqlUuid>, _>(records).execute(conn).await?;
    }
    diesel::sql_query(MARK).bind::<SqlUuid, _>(member).execute(conn).await?;
    Ok(())
}

/// Nobody is to know then who it was.
const FINISH: &str = "UPDATE anonymizations SET finished_at = now(), member_id = NULL WHERE id = $1";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    member_id: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    due_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    finished_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = BigInt)]
    activities_count: i64,
}

const LIST: &str = "SELECT id, member_id, created_at, due_at, finished_at, activities_count FROM anonymizations \
    WHERE community_id = $1 AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3";

/// Lists a community's anonymizations, newest first, with the next page's token.
pub(crate) async fn list(
    pool: &Pool,
    community_id: Uuid,
    page: Page,
) -> Result<(Vec<Anonymization>, String), StoreError> {
    let mut conn = store::connection(pool).await?;
    let list = diesel::sql_query(LIST).bind::<SqlUuid, _>(community_id).bind::<Nullable<SqlUuid>, _>(page.before);
    let mut rows: Vec<Row> = list.bind::<BigInt, _>(page.size + 1).load(&mut conn).await?;
    let next = page.cut(&mut rows, |row| row.id);
    let anonymizations = rows.into_iter().map(|row| Anonymization {
        id: row.id.to_string(),
        create_time: Some(to_exact_timestamp(row.created_at)),
        due_time: Some(to_exact_timestamp(row.due_at)),
        finish_time: row.finished_at.map(to_exact_timestamp),
        member_id: row.member_id.map(|id| id.to_string()).unwrap_or_default(),
        activities_count: row.activities_count,
    });
    Ok((anonymizations.collect(), next))
}
