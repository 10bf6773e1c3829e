//! The shifts of opportunities whose row the transaction holds.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, QueryDsl, QueryResult, QueryableByName,
    SelectableHelper,
    dsl::count_star,
    sql_types::{BigInt, Bool, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    opportunity_rows::{SIGNED_UP, ShiftRow},
    schema::{interests, shifts},
};
use crate::domain::{
    opportunity::Occupancy,
    shift::{Plan, Shift},
};

/// The shifts of an opportunity.
pub(super) async fn of(conn: &mut AsyncPgConnection, opportunity_id: Uuid) -> QueryResult<Vec<Shift>> {
    let shifts = shifts::table.filter(shifts::opportunity_id.eq(opportunity_id));
    let rows: Vec<ShiftRow> = shifts.select(ShiftRow::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(Shift::from).collect())
}

/// A shift of an opportunity.
pub(super) async fn find(conn: &mut AsyncPgConnection, opportunity_id: Uuid, id: Uuid) -> QueryResult<Option<Shift>> {
    let found = of(conn, opportunity_id).await?.into_iter().find(|shift| shift.id == id);
    Ok(found)
}

/// How many places of a shift are taken.
pub(super) async fn taken(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<i64> {
    let taken = interests::shift_id.eq(id).and(interests::state.eq(SIGNED_UP));
    interests::table.filter(taken).select(count_star()).first(conn).await
}

/// Adds shifts to an opportunity.
pub(super) async fn insert(conn: &mut AsyncPgConnection, opportunity_id: Uuid, new: &[Shift]) -> QueryResult<()> {
    let rows: Vec<ShiftRow> = new.iter().map(|shift| ShiftRow::new(opportunity_id, *shift)).collect();
    diesel::insert_into(shifts::table).values(rows).execute(conn).await?;
    Ok(())
}

/// Whom a change of shifts concerns.
pub(super) struct Concerned {
    /// Who has signed up for one that is removed.
    pub(super) removed: Vec<Uuid>,
    /// Who has signed up for one that has other times.
    pub(super) changed: Vec<Uuid>,
}

impl Concerned {
    /// Whether it concerns nobody.
    pub(super) fn is_nobody(&self) -> bool {
        self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Finds whom a plan concerns, before it is carried out.
pub(super) async fn concerned(conn: &mut AsyncPgConnection, plan: &Plan) -> QueryResult<Concerned> {
    let now = Utc::now();
    let ids: Vec<Uuid> = plan.changed.iter().map(|shift| shift.id).collect();
    let put_off = plan.changed.iter().filter(|shift| shift.times.ends_at > now).map(|shift| shift.id);
    let mut changed = ahead(conn, &ids, now).await?;
    changed.extend(put_off);
    let removed = ahead(conn, &plan.removed, now).await?;
    Ok(Concerned { removed: people(conn, &removed).await?, changed: people(conn, &changed).await? })
}

/// Which of some shifts are not over: those that are concern nobody.
async fn ahead(conn: &mut AsyncPgConnection, shifts: &[Uuid], now: DateTime<Utc>) -> QueryResult<Vec<Uuid>> {
    let ahead = shifts::table.filter(shifts::id.eq_any(shifts).and(shifts::ends_at.gt(now)));
    ahead.select(shifts::id).load(conn).await
}

/// Who has a place in some shifts or waits for one, each once.
async fn people(conn: &mut AsyncPgConnection, shifts: &[Uuid]) -> QueryResult<Vec<Uuid>> {
    let in_shifts = interests::table.filter(interests::shift_id.assume_not_null().eq_any(shifts));
    in_shifts.select(interests::user_id).distinct().load(conn).await
}

/// Carries a plan out.
pub(super) async fn apply(conn: &mut AsyncPgConnection, opportunity_id: Uuid, plan: &Plan) -> QueryResult<()> {
    diesel::delete(shifts::table.filter(shifts::id.eq_any(&plan.removed))).execute(conn).await?;
    for Shift { id, times } in &plan.changed {
        let times = (shifts::begins_at.eq(times.begins_at), shifts::ends_at.eq(times.ends_at));
        diesel::update(shifts::table.find(id)).set(times).execute(conn).await?;
    }
    insert(conn, opportunity_id, &plan.added).await
}

#[derive(QueryableByName)]
struct OccupancyRow {
    #[diesel(sql_type = BigInt)]
    most_taken: i64,
    #[diesel(sql_type = Bool)]
    is_used: bool,
}

const OCCUPANCY: &str = "SELECT coalesce(max(taken), 0) AS most_taken, count(*) > 0 AS is_used FROM \
    (SELECT count(*) FILTER (WHERE i.state = 'signed_up') AS taken FROM interests i JOIN shifts s ON s.id = i.shift_id \
     WHERE i.opportunity_id = $1 AND s.ends_at > now() GROUP BY i.shift_id) AS ahead";

/// How many people have signed up for the shifts of an opportunity that are not over.
pub(super) async fn occupancy(conn: &mut AsyncPgConnection, opportunity_id: Uuid) -> QueryResult<Occupancy> {
    let occupancy = diesel::sql_query(OCCUPANCY).bind::<SqlUuid, _>(opportunity_id);
    let OccupancyRow { most_taken, is_used } = occupancy.get_result(conn).await?;
    Ok(Occupancy { most_taken, is_used })
}
