//! Who is interested, who has a place in a shift, and who waits for one.

use chrono::{DateTime, Utc};
use connectus_platform::{
    idempotency, ids,
    notices::Notice,
    page::Page,
    store::{self, Connection, Pool, StoreError},
};
use connectus_proto::{
    experience::v1::{ShowInterestResponse, WithdrawInterestResponse},
    social::v1::NotificationKind,
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, PgExpressionMethods, QueryDsl, QueryResult,
    QueryableByName, SelectableHelper,
    sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    admit, notices, opportunities,
    opportunity_rows::{InterestRow, standing},
    schema::interests,
    shifts,
};
use crate::domain::{
    Error,
    interest::{self, Interest, MOST, Standing},
    limits,
    opportunity::Opportunity,
};

/// A person is interested in an opportunity, or signs up for a shift of it, and its organization is told. Answers where they
/// stand; a repeat changes nothing.
pub(crate) async fn show(
    pool: &Pool,
    user_id: Uuid,
    (opportunity_id, shift_id): (Uuid, &str),
    now: DateTime<Utc>,
    respond: impl FnOnce(Standing) -> ShowInterestResponse + Send,
) -> Result<ShowInterestResponse, Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        hold_person(conn, user_id).await?;
        let opportunity = opportunities::lock(conn, opportunity_id, None).await?.ok_or(Error::OpportunityNotFound)?;
        let shift_id = interest::meant(&opportunity, shift_id)?;
        let standing = match current(conn, user_id, opportunity_id, shift_id).await? {
            Some(standing) => standing,
            None => add(conn, user_id, &opportunity, shift_id, now).await?,
        };
        let response = respond(standing);
        idempotency::complete(conn, &response).await?;
        Ok(response)
    })
    .await
}

/// Keeps what a person is interested in from being added to by anybody else until the transaction ends. It comes before the row
/// of any opportunity.
async fn hold_person(conn: &mut AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
    let hold = diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))");
    hold.bind::<Text, _>(format!("interests of {user_id}")).execute(conn).await?;
    Ok(())
}

/// Where a person stands already.
async fn current(
    conn: &mut AsyncPgConnection,
    user_id: Uuid,
    opportunity_id: Uuid,
    shift_id: Option<Uuid>,
) -> Result<Option<Standing>, Error> {
    let own = interests::user_id.eq(user_id).and(interests::opportunity_id.eq(opportunity_id));
    let this = own.and(interests::shift_id.is_not_distinct_from(shift_id));
    let state: Option<String> = interests::table.filter(this).select(interests::state).first(conn).await.optional()?;
    Ok(state.map(|state| standing(&state)).transpose()?)
}

/// Adds what a person is interested in, whose row the transaction holds.
async fn add(
    conn: &mut AsyncPgConnection,
    user_id: Uuid,
    opportunity: &Opportunity,
    shift_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Standing, Error> {
    let standing = match shift_id {
        None => Standing::Interested,
        Some(id) => {
            let shift = shifts::find(conn, opportunity.id, id).await?.ok_or(Error::ShiftNotFound)?;
            interest::require_ahead(&shift, now)?;
            Standing::after(shifts::taken(conn, id).await?, opportunity.details.number_of_people_needed)
        }
    };
    if count_ahead(conn, user_id, now).await? >= MOST {
        return Err(Error::LimitReached);
    }
    admit(conn, &limits::interest(user_id, shift_id.unwrap_or(opportunity.id))).await?;
    let interest = Interest { id: next_id(conn, opportunity.id).await?, user_id, shift_id, standing, created_at: now };
    let row = InterestRow::new(opportunity.id, &interest);
    diesel::insert_into(interests::table).values(row).execute(conn).await?;
    let notice = Notice::new(opportunity.organization_id, NotificationKind::InterestShown).by(user_id);
    notices::enqueue(conn, &[notice.about(Some(opportunity.id), &opportunity.details.name)]).await?;
    Ok(standing)
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

const COUNT_AHEAD: &str = "SELECT count(*) AS count FROM interests i LEFT JOIN shifts s ON s.id = i.shift_id \
    WHERE i.user_id = $1 AND (s.id IS NULL OR s.ends_at > $2)";

/// How many interests a person has, but for shifts that are over.
async fn count_ahead(conn: &mut AsyncPgConnection, user_id: Uuid, now: DateTime<Utc>) -> QueryResult<i64> {
    let count = diesel::sql_query(COUNT_AHEAD).bind::<SqlUuid, _>(user_id).bind::<Timestamptz, _>(now);
    Ok(count.get_result::<Counted>(conn).await?.count)
}

/// The id of an opportunity's next interest. With the row held it is greater than those before it, whatever the clocks of
/// replicas say: the ids are in the order in which people came.
async fn next_id(conn: &mut AsyncPgConnection, opportunity_id: Uuid) -> QueryResult<Uuid> {
    let of_opportunity = interests::table.filter(interests::opportunity_id.eq(opportunity_id));
    let last = of_opportunity.order(interests::id.desc()).select(interests::id);
    let last: Option<Uuid> = last.first(conn).await.optional()?;
    Ok(ids::after(last.unwrap_or_default()))
}

/// A person takes back what they have said about an opportunity, or gives up a shift of it. Who waits moves up.
pub(crate) async fn withdraw(
    pool: &Pool,
    user_id: Uuid,
    opportunity_id: Uuid,
    shift_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        opportunities::lock(conn, opportunity_id, None).await?.ok_or(Error::OpportunityNotFound)?;
        let own = interests::user_id.eq(user_id).and(interests::opportunity_id.eq(opportunity_id));
        let withdrawn = match shift_id {
            None => diesel::delete(interests::table.filter(own)).execute(conn).await?,
            Some(id) => {
                let in_shift = own.and(interests::shift_id.eq(id));
                diesel::delete(interests::table.filter(in_shift)).execute(conn).await?
            }
        };
        if withdrawn == 0 {
            return Err(Error::InterestNotFound);
        }
        move_up(conn, &[opportunity_id], now).await?;
        Ok(idempotency::complete(conn, &WithdrawInterestResponse {}).await?)
    })
    .await
}

/// Somebody who waited and has a place now.
#[derive(QueryableByName)]
struct MovedUp {
    #[diesel(sql_type = SqlUuid)]
    user_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    opportunity_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    organization_id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
}

/// Those who have waited longest get the places that are free in shifts that are not over.
const MOVE_UP: &str = "WITH free AS ( \
        SELECT s.id, o.id AS opportunity_id, o.organization_id, o.name, o.number_of_people_needed - \
            (SELECT count(*) FROM interests i WHERE i.shift_id = s.id AND i.state = 'signed_up') AS places \
        FROM shifts s JOIN opportunities o ON o.id = s.opportunity_id WHERE o.id = ANY ($1) AND s.ends_at > $2), \
    next AS ( \
        SELECT first.id, free.opportunity_id, free.organization_id, free.name FROM free CROSS JOIN LATERAL ( \
            SELECT i.id FROM interests i WHERE i.shift_id = free.id AND i.state = 'waiting' \
            ORDER BY i.id LIMIT greatest(free.places, 0)) AS first) \
    UPDATE interests SET state = 'signed_up' FROM next WHERE interests.id = next.id \
    RETURNING interests.user_id, next.opportunity_id, next.organization_id, next.name";

/// Gives the free places of opportunities, whose rows the transaction holds, to those who have waited longest, and tells them.
pub(super) async fn move_up(
    conn: &mut AsyncPgConnection,
    opportunities: &[Uuid],
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let move_up = diesel::sql_query(MOVE_UP).bind::<Array<SqlUuid>, _>(opportunities).bind::<Timestamptz, _>(now);
    let mut moved: Vec<MovedUp> = move_up.load(conn).await?;
    // Several shifts of one opportunity are one piece of news.
    moved.sort_unstable_by_key(|moved| (moved.opportunity_id, moved.user_id));
    moved.dedup_by_key(|moved| (moved.opportunity_id, moved.user_id));
    let notices = moved.iter().map(|moved| {
        let notice = Notice::new(moved.user_id, NotificationKind::ShiftFreed).by(moved.organization_id);
        notice.about(Some(moved.opportunity_id), &moved.name)
    });
    notices::enqueue(conn, &notices.collect::<Vec<_>>()).await
}

#[derive(QueryableByName)]
struct Somebody {
    #[diesel(sql_type = SqlUuid)]
    user_id: Uuid,
}

const PEOPLE: &str = "SELECT DISTINCT i.user_id FROM interests i LEFT JOIN shifts s ON s.id = i.shift_id \
    WHERE i.opportunity_id = $1 AND (s.id IS NULL OR s.ends_at > now())";

/// Everybody whom it concerns that an opportunity is withdrawn, each once: not who has only signed up for shifts that are over.
pub(super) async fn people(conn: &mut AsyncPgConnection, opportunity_id: Uuid) -> QueryResult<Vec<Uuid>> {
    let people: Vec<Somebody> = diesel::sql_query(PEOPLE).bind::<SqlUuid, _>(opportunity_id).load(conn).await?;
    Ok(people.into_iter().map(|somebody| somebody.user_id).collect())
}

/// Lists who is interested in an opportunity, latest first, with one more than the page has.
pub(crate) async fn list(pool: &Pool, opportunity_id: Uuid, page: Page) -> Result<Vec<Interest>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let older = interests::id.lt(page.before.unwrap_or(Uuid::max()));
    let listed = interests::table
        .filter(interests::opportunity_id.eq(opportunity_id).and(older))
        .order(interests::id.desc())
        .limit(page.size + 1);
    let rows: Vec<InterestRow> = listed.select(InterestRow::as_select()).load(&mut conn).await?;
    rows.into_iter().map(Interest::try_from).collect()
}

/// The opportunities that a person is interested in, in the order in which several are held.
const HOLD_ALL: &str = "SELECT id FROM opportunities WHERE id IN (SELECT opportunity_id FROM interests WHERE user_id = $1) \
    ORDER BY id FOR UPDATE";

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Removes whatever a person is interested in. Who waits moves up.
pub(crate) async fn erase(pool: &Pool, user_id: Uuid) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
        hold_person(conn, user_id).await?;
        let held: Vec<Held> = diesel::sql_query(HOLD_ALL).bind::<SqlUuid, _>(user_id).load(conn).await?;
        let held: Vec<Uuid> = held.into_iter().map(|held| held.id).collect();
        diesel::delete(interests::table.filter(interests::user_id.eq(user_id))).execute(conn).await?;
        move_up(conn, &held, Utc::now()).await
    })
    .await?;
    Ok(())
}
