//! Opportunities as somebody sees them, each read as of one moment.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use connectus_platform::{
    page::Page,
    store::{self, Pool, StoreError},
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryableByName, SelectableHelper,
    sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    opportunity_rows::{Row, standing},
    opportunity_search,
    schema::{interests, opportunities},
};
use crate::domain::{
    Error,
    opportunity::{LISTED_PEOPLE, Opportunity, SHOWN_PEOPLE, Seen, SeenShift},
    opportunity_search::Search,
    shift::{Shift, Times},
};

/// Finds an opportunity.
pub(crate) async fn find(pool: &Pool, id: Uuid, viewer: Option<Uuid>) -> Result<Option<Seen>, Error> {
    store::reading(pool, |mut conn| async move {
        let mut snapshot = conn.build_transaction().read_only().repeatable_read();
        snapshot
            .run(async |conn: &mut AsyncPgConnection| {
                let row: Option<Row> =
                    opportunities::table.find(id).select(Row::as_select()).first(conn).await.optional()?;
                match row {
                    Some(row) => Ok(Some(of_one(conn, row.into(), viewer).await?)),
                    None => Ok(None),
                }
            })
            .await
    })
    .await
}

/// Lists an organization's opportunities, newest first, with one more than the page has.
pub(crate) async fn list(
    pool: &Pool,
    organization_id: Uuid,
    page: Page,
    viewer: Option<Uuid>,
) -> Result<Vec<Seen>, Error> {
    store::reading(pool, |mut conn| async move {
        let mut snapshot = conn.build_transaction().read_only().repeatable_read();
        snapshot
            .run(async |conn: &mut AsyncPgConnection| {
                let older = opportunities::id.lt(page.before.unwrap_or(Uuid::max()));
                let listed = opportunities::table
                    .filter(opportunities::organization_id.eq(organization_id).and(older))
                    .order(opportunities::id.desc())
                    .limit(page.size + 1);
                let rows: Vec<Row> = listed.select(Row::as_select()).load(conn).await?;
                all(conn, rows.into_iter().map(Opportunity::from).collect(), viewer, LISTED_PEOPLE).await
            })
            .await
    })
    .await
}

/// Finds a page of opportunities, newest first, and one more if there is one.
pub(crate) async fn search(pool: &Pool, search: &Search, page: Page, viewer: Option<Uuid>) -> Result<Vec<Seen>, Error> {
    store::reading(pool, |mut conn| async move {
        let mut snapshot = conn.build_transaction().read_only().repeatable_read();
        snapshot
            .run(async |conn: &mut AsyncPgConnection| {
                let ids = opportunity_search::ids(conn, search, page).await?;
                let found = opportunities::table.filter(opportunities::id.eq_any(ids)).order(opportunities::id.desc());
                let rows: Vec<Row> = found.select(Row::as_select()).load(conn).await?;
                all(conn, rows.into_iter().map(Opportunity::from).collect(), viewer, LISTED_PEOPLE).await
            })
            .await
    })
    .await
}

/// An opportunity as somebody sees it.
pub(super) async fn of_one(
    conn: &mut AsyncPgConnection,
    opportunity: Opportunity,
    viewer: Option<Uuid>,
) -> Result<Seen, Error> {
    let mut seen = all(conn, vec![opportunity], viewer, SHOWN_PEOPLE).await?;
    Ok(seen.pop().ok_or_else(|| StoreError::Internal("an opportunity is not there".to_owned()))?)
}

/// Opportunities as somebody sees them, with so many of the people who are interested in each.
async fn all(
    conn: &mut AsyncPgConnection,
    opportunities: Vec<Opportunity>,
    viewer: Option<Uuid>,
    most_people: i64,
) -> Result<Vec<Seen>, Error> {
    let ids: Vec<Uuid> = opportunities.iter().map(|opportunity| opportunity.id).collect();
    let own = opportunities.iter().filter(|opportunity| Some(opportunity.organization_id) == viewer);
    let own: Vec<Uuid> = own.map(|opportunity| opportunity.id).collect();
    let mut shifts = shifts(conn, &ids, viewer).await?;
    let mut people = people(conn, &own, most_people).await?;
    let interesting = interesting(conn, &ids, viewer).await?;
    let seen = opportunities.into_iter().map(|opportunity| Seen {
        shifts: shifts.remove(&opportunity.id).unwrap_or_default(),
        people: people.remove(&opportunity.id).unwrap_or_default(),
        is_interested: interesting.contains(&opportunity.id),
        opportunity,
    });
    Ok(seen.collect())
}

#[derive(QueryableByName)]
struct ShiftRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    opportunity_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    begins_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    ends_at: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    signed_up: i64,
    #[diesel(sql_type = BigInt)]
    waiting: i64,
    #[diesel(sql_type = Nullable<Text>)]
    state: Option<String>,
}

const SHIFTS: &str = "SELECT s.id, s.opportunity_id, s.begins_at, s.ends_at, \
        count(*) FILTER (WHERE i.state = 'signed_up') AS signed_up, \
        count(*) FILTER (WHERE i.state = 'waiting') AS waiting, \
        max(i.state) FILTER (WHERE i.user_id = $2) AS state \
    FROM shifts s LEFT JOIN interests i ON i.shift_id = s.id \
    WHERE s.opportunity_id = ANY ($1) GROUP BY s.id ORDER BY s.begins_at, s.id";

/// The shifts of opportunities, by the opportunities' ids.
async fn shifts(
    conn: &mut AsyncPgConnection,
    opportunities: &[Uuid],
    viewer: Option<Uuid>,
) -> Result<HashMap<Uuid, Vec<SeenShift>>, Error> {
    let shifts = diesel::sql_query(SHIFTS).bind::<Array<SqlUuid>, _>(opportunities);
    let rows: Vec<ShiftRow> = shifts.bind::<Nullable<SqlUuid>, _>(viewer).load(conn).await?;
    let mut shifts: HashMap<Uuid, Vec<SeenShift>> = HashMap::new();
    for row in rows {
        let ShiftRow { id, opportunity_id, begins_at, ends_at, signed_up, waiting, state } = row;
        let shift = Shift { id, times: Times { begins_at, ends_at } };
        let standing = state.map(|state| standing(&state)).transpose()?;
        shifts.entry(opportunity_id).or_default().push(SeenShift { shift, signed_up, waiting, standing });
    }
    Ok(shifts)
}

#[derive(QueryableByName)]
struct PersonRow {
    #[diesel(sql_type = SqlUuid)]
    opportunity_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    user_id: Uuid,
}

const PEOPLE: &str = "SELECT o.id AS opportunity_id, person.user_id FROM unnest($1) AS o (id) CROSS JOIN LATERAL ( \
        SELECT latest.user_id, latest.id FROM ( \
            SELECT DISTINCT ON (i.user_id) i.user_id, i.id FROM interests i WHERE i.opportunity_id = o.id \
            ORDER BY i.user_id, i.id DESC) AS latest \
        ORDER BY latest.id DESC LIMIT $2) AS person \
    ORDER BY person.id DESC";

/// Who is interested in opportunities, so many of each, latest first, by the opportunities' ids.
async fn people(
    conn: &mut AsyncPgConnection,
    opportunities: &[Uuid],
    most: i64,
) -> Result<HashMap<Uuid, Vec<Uuid>>, Error> {
    if opportunities.is_empty() {
        return Ok(HashMap::new());
    }
    let people = diesel::sql_query(PEOPLE).bind::<Array<SqlUuid>, _>(opportunities);
    let rows: Vec<PersonRow> = people.bind::<BigInt, _>(most).load(conn).await?;
    let mut people: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for PersonRow { opportunity_id, user_id } in rows {
        people.entry(opportunity_id).or_default().push(user_id);
    }
    Ok(people)
}

/// In which opportunities somebody is interested without a shift.
async fn interesting(
    conn: &mut AsyncPgConnection,
    opportunities: &[Uuid],
    viewer: Option<Uuid>,
) -> Result<Vec<Uuid>, Error> {
    let Some(viewer) = viewer else { return Ok(Vec::new()) };
    let whole = interests::user_id.eq(viewer).and(interests::shift_id.is_null());
    let interesting = interests::table.filter(whole.and(interests::opportunity_id.eq_any(opportunities)));
    Ok(interesting.select(interests::opportunity_id).load(conn).await?)
}
