//! People of whom an organization has confirmed something: who is to be looked at, and what they share.

use chrono::{DateTime, TimeDelta, Utc};
use connectus_platform::store::{self, Connection, Pool, StoreError};
use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Double, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Id, Number, anonymizations, hold, ingestion, links};
use crate::domain::{
    Error,
    volunteer::{self, Shared},
};

/// One that was linked may still show what came through the link.
const REFRESH: &str = "INSERT INTO volunteers (community_id, account_id, due_at) \
    SELECT c.id, $1, now() FROM communities c WHERE c.owner_id = $2 AND c.deleted_at IS NULL AND (c.linked_at IS NOT NULL \
        OR EXISTS (SELECT FROM volunteers v WHERE v.community_id = c.id AND v.account_id = $1)) ORDER BY c.id \
    ON CONFLICT (community_id, account_id) DO UPDATE SET revision = DEFAULT, due_at = now()";

/// Notes that what an organization has confirmed of a person has changed.
pub(crate) async fn refresh(pool: &Pool, account_id: Uuid, organization_id: Uuid) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    let refresh = diesel::sql_query(REFRESH).bind::<SqlUuid, _>(account_id).bind::<SqlUuid, _>(organization_id);
    refresh.execute(&mut conn).await?;
    Ok(())
}

/// Notes that what may be known of a person has changed.
pub(crate) async fn refresh_everywhere(pool: &Pool, account_id: Uuid) -> Result<(), StoreError> {
    const REFRESH: &str = "WITH held AS MATERIALIZED (SELECT community_id FROM volunteers WHERE account_id = $1 \
            ORDER BY community_id FOR UPDATE) \
        UPDATE volunteers v SET revision = DEFAULT, due_at = now() FROM held \
        WHERE v.community_id = held.community_id AND v.account_id = $1";
    let mut conn = store::connection(pool).await?;
    diesel::sql_query(REFRESH).bind::<SqlUuid, _>(account_id).execute(&mut conn).await?;
    Ok(())
}

/// A volunteer who is to be looked at.
#[derive(QueryableByName)]
pub(crate) struct Due {
    /// The community.
    #[diesel(sql_type = SqlUuid)]
    pub(crate) community_id: Uuid,
    /// The person.
    #[diesel(sql_type = SqlUuid)]
    pub(crate) account_id: Uuid,
    /// Another one tells of a later change.
    #[diesel(sql_type = BigInt)]
    revision: i64,
    /// The community's organization, if the community is linked.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub(crate) organization_id: Option<Uuid>,
}

/// Who is not done with in time is looked at again.
const CLAIM: &str = "WITH due AS MATERIALIZED (SELECT community_id, account_id FROM volunteers \
        WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED) \
    UPDATE volunteers v SET due_at = now() + make_interval(secs => $2) FROM due JOIN communities c ON c.id = due.community_id \
    WHERE v.community_id = due.community_id AND v.account_id = due.account_id \
    RETURNING v.community_id, v.account_id, v.revision, CASE WHEN c.linked_at IS NOT NULL THEN c.owner_id END AS organization_id";

/// Takes some who are to be looked at, and keeps other replicas from doing so for a while.
pub(crate) async fn claim(pool: &Pool, most: i64, lease: TimeDelta) -> Result<Vec<Due>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let claim = diesel::sql_query(CLAIM).bind::<BigInt, _>(most).bind::<Double, _>(lease.as_seconds_f64());
    Ok(claim.load(&mut conn).await?)
}

const FINISH: &str =
    "UPDATE volunteers SET due_at = NULL WHERE community_id = $1 AND account_id = $2 AND revision = $3";

/// Writes what a volunteer shares from now on, or that it is nothing. Nothing is written where something has changed since the
/// volunteer was taken, or where the person was forgotten: what is read anew then counts.
pub(crate) async fn write(pool: &Pool, due: &Due, shared: Option<Shared>) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    let written = conn.transaction(async |conn: &mut Connection| -> Result<(), Error> {
        hold(conn, due.community_id).await?;
        let finish = diesel::sql_query(FINISH).bind::<SqlUuid, _>(due.community_id);
        let finish = finish.bind::<SqlUuid, _>(due.account_id).bind::<BigInt, _>(due.revision);
        if finish.execute(conn).await? == 1
            && let Some(source_id) = links::source_id(conn, due.community_id).await?
        {
            let shared = without_forgotten(conn, due, shared).await?;
            apply(conn, due, source_id, shared.as_ref()).await?;
        }
        Ok(())
    });
    unless_deleted(written.await)
}

/// A community that is deleted goes with all that it knows.
fn unless_deleted(done: Result<(), Error>) -> Result<(), StoreError> {
    match done {
        Err(Error::Store(error)) => Err(error),
        Err(_) | Ok(()) => Ok(()),
    }
}

/// Leaves out what was confirmed before the community forgot the person.
async fn without_forgotten(
    conn: &mut AsyncPgConnection,
    due: &Due,
    shared: Option<Shared>,
) -> QueryResult<Option<Shared>> {
    let Some(mut shared) = shared else { return Ok(None) };
    if let Some(forgotten_at) = forgotten_at(conn, due).await? {
        shared.experiences.retain(|confirmed| confirmed.confirmed_at > forgotten_at);
    }
    Ok(Some(shared).filter(|shared| !shared.experiences.is_empty()))
}

#[derive(QueryableByName)]
struct Moment {
    #[diesel(sql_type = Timestamptz)]
    moment: DateTime<Utc>,
}

async fn forgotten_at(conn: &mut AsyncPgConnection, due: &Due) -> QueryResult<Option<DateTime<Utc>>> {
    const FIND: &str = "SELECT forgotten_at AS moment FROM forgotten_volunteers \
        WHERE community_id = $1 AND account_hash = sha256(convert_to($1::text || $2::text, 'UTF8'))";
    let find = diesel::sql_query(FIND).bind::<SqlUuid, _>(due.community_id).bind::<SqlUuid, _>(due.account_id);
    Ok(find.get_result::<Moment>(conn).await.optional()?.map(|found| found.moment))
}

/// What is said later counts more than what waits in the queue now.
const NEXT_POSITION: &str = "SELECT nextval(pg_get_serial_sequence('queue', 'position')) AS number";

async fn apply(conn: &mut AsyncPgConnection, due: &Due, source_id: i64, shared: Option<&Shared>) -> QueryResult<()> {
    let record = record(conn, source_id, due.account_id).await?;
    if let Some(record) = record {
        if is_being_forgotten(conn, record).await? {
            return Ok(());
        }
        withdraw(conn, source_id, record, shared).await?;
    }
    if record.is_none() && shared.is_none() {
        // Nobody need know that there is somebody who shares nothing.
        return Ok(());
    }
    let now = Utc::now();
    let Number { number } = diesel::sql_query(NEXT_POSITION).get_result(conn).await?;
    let items = volunteer::items(source_id, due.account_id, shared, now);
    ingestion::apply(conn, due.community_id, &items, std::iter::repeat((number, now))).await
}

async fn record(conn: &mut AsyncPgConnection, source_id: i64, account_id: Uuid) -> QueryResult<Option<Uuid>> {
    const FIND: &str = "SELECT id FROM records WHERE source_id = $1 AND external_id = $2";
    let find = diesel::sql_query(FIND).bind::<BigInt, _>(source_id).bind::<Text, _>(account_id.to_string());
    Ok(find.get_result::<Id>(conn).await.optional()?.map(|row| row.id))
}

/// Whether the forgetting of a record has begun, and is not at its end.
async fn is_being_forgotten(conn: &mut AsyncPgConnection, record: Uuid) -> QueryResult<bool> {
    const FIND: &str = "SELECT id FROM activities WHERE record_id = $1 AND external_id LIKE 'forgotten:%' LIMIT 1";
    Ok(diesel::sql_query(FIND).bind::<SqlUuid, _>(record).get_result::<Id>(conn).await.optional()?.is_some())
}

const WITHDRAW: &str = "WITH gone AS (DELETE FROM activities WHERE record_id = $1 AND source_id = $2 \
        AND external_id <> ALL ($3) RETURNING id) \
    UPDATE records SET activities_count = activities_count - (SELECT count(*) FROM gone) \
    WHERE id = $1 AND EXISTS (SELECT FROM gone)";

/// Deletes the activities of what is not confirmed or not shared any more.
async fn withdraw(
    conn: &mut AsyncPgConnection,
    source_id: i64,
    record: Uuid,
    shared: Option<&Shared>,
) -> QueryResult<()> {
    let kept: Vec<&str> = shared.iter().flat_map(|shared| &shared.experiences).map(|one| one.id.as_str()).collect();
    let withdraw = diesel::sql_query(WITHDRAW).bind::<SqlUuid, _>(record).bind::<BigInt, _>(source_id);
    withdraw.bind::<Array<Text>, _>(kept).execute(conn).await?;
    Ok(())
}

/// Asks the communities that know a person, whose account is gone, to forget them after a while.
pub(crate) async fn forget(pool: &Pool, account_id: Uuid, after: TimeDelta) -> Result<(), StoreError> {
    const COMMUNITIES: &str = "SELECT community_id AS id FROM volunteers WHERE account_id = $1 ORDER BY community_id";
    let mut conn = store::connection(pool).await?;
    let communities: Vec<Id> = diesel::sql_query(COMMUNITIES).bind::<SqlUuid, _>(account_id).load(&mut conn).await?;
    let mut asked = Ok(());
    for Id { id } in communities {
        // The others need not wait for one that cannot be asked now.
        asked = forget_in(&mut conn, id, account_id, after).await.and(asked);
    }
    asked
}

const MEMBERS: &str = "SELECT r.member_id AS id FROM records r JOIN sources s ON s.id = r.source_id \
    WHERE s.community_id = $1 AND s.is_connectus AND r.external_id = $2";
const DELETE: &str = "DELETE FROM volunteers WHERE community_id = $1 AND account_id = $2";

async fn forget_in(
    conn: &mut Connection,
    community_id: Uuid,
    account_id: Uuid,
    after: TimeDelta,
) -> Result<(), StoreError> {
    let asked = conn.transaction(async |conn: &mut Connection| -> Result<(), Error> {
        hold(conn, community_id).await?;
        let members = diesel::sql_query(MEMBERS).bind::<SqlUuid, _>(community_id);
        let members: Vec<Id> = members.bind::<Text, _>(account_id.to_string()).load(conn).await?;
        let members = members.into_iter().map(|row| row.id).collect();
        anonymizations::request_on(conn, community_id, members, after).await?;
        let delete = diesel::sql_query(DELETE).bind::<SqlUuid, _>(community_id).bind::<SqlUuid, _>(account_id);
        delete.execute(conn).await?;
        Ok(())
    });
    unless_deleted(asked.await)
}
