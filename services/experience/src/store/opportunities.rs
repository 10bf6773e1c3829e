//! Opportunities. Whoever changes one, or who has signed up for it, holds its row.

use chrono::Utc;
use connectus_platform::{
    idempotency, outbox,
    store::{self, Connection, Pool, StoreError},
};
use connectus_proto::{
    experience::v1::{CreateOpportunityResponse, DeleteOpportunityResponse, ReplaceOpportunityResponse},
    social::v1::NotificationKind,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    admit, interests, notices,
    opportunity_rows::Row,
    schema::{opportunities, organizations},
    shifts, views,
};
use crate::domain::{
    Error, limits,
    message::Message,
    opportunity::{MOST, Opportunity, Seen},
    shift::{self, Shift, Wanted},
};

/// Makes an opportunity, if its organization does not have too many.
pub(crate) async fn insert(
    pool: &Pool,
    opportunity: &Opportunity,
    new: &[Shift],
    response: &CreateOpportunityResponse,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        hold_list(conn, opportunity.organization_id).await?;
        let of_organization = opportunities::organization_id.eq(opportunity.organization_id);
        let many: i64 = opportunities::table.filter(of_organization).count().get_result(conn).await?;
        if many >= MOST {
            return Err(Error::LimitReached);
        }
        admit(conn, &limits::opportunity(opportunity.organization_id)).await?;
        diesel::insert_into(opportunities::table).values(Row::from(opportunity)).execute(conn).await?;
        shifts::insert(conn, opportunity.id, new).await?;
        tell_list(conn, opportunity.organization_id).await?;
        Ok(idempotency::complete(conn, response).await?)
    })
    .await
}

/// Writes an opportunity of its organization anew, tells whom it concerns, and gives free places to those who wait.
pub(crate) async fn replace(
    pool: &Pool,
    new: &Opportunity,
    wanted: &[Wanted],
    respond: impl FnOnce(Seen) -> ReplaceOpportunityResponse + Send,
) -> Result<ReplaceOpportunityResponse, Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let current = lock(conn, new.id, Some(new.organization_id)).await?.ok_or(Error::OpportunityNotFound)?;
        let new = Opportunity { created_at: current.created_at, ..new.clone() };
        let plan = shift::plan(&shifts::of(conn, new.id).await?, wanted, Uuid::now_v7)?;
        let told = shifts::concerned(conn, &plan).await?;
        if !told.is_nobody() {
            admit(conn, &limits::change(new.organization_id, new.id)).await?;
        }
        shifts::apply(conn, new.id, &plan).await?;
        shifts::occupancy(conn, new.id).await?.allow(&new.details)?;
        diesel::update(opportunities::table.find(new.id)).set(Row::from(&new)).execute(conn).await?;
        notices::tell(conn, &new, NotificationKind::ShiftWithdrawn, told.removed).await?;
        notices::tell(conn, &new, NotificationKind::ShiftChanged, told.changed).await?;
        interests::move_up(conn, &[new.id], Utc::now()).await?;
        let organization_id = new.organization_id;
        let response = respond(views::of_one(conn, new, Some(organization_id)).await?);
        idempotency::complete(conn, &response).await?;
        Ok(response)
    })
    .await
}

/// Withdraws an opportunity of its organization, and tells who was interested.
pub(crate) async fn delete(pool: &Pool, organization_id: Uuid, id: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        hold_list(conn, organization_id).await?;
        let current = lock(conn, id, Some(organization_id)).await?.ok_or(Error::OpportunityNotFound)?;
        let people = interests::people(conn, id).await?;
        notices::tell(conn, &current, NotificationKind::OpportunityWithdrawn, people).await?;
        diesel::delete(opportunities::table.find(id)).execute(conn).await?;
        tell_list(conn, organization_id).await?;
        Ok(idempotency::complete(conn, &DeleteOpportunityResponse {}).await?)
    })
    .await
}

/// Finds an opportunity.
pub(crate) async fn find(pool: &Pool, id: Uuid) -> Result<Option<Opportunity>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let row: Option<Row> = opportunities::table.find(id).select(Row::as_select()).first(&mut conn).await.optional()?;
    Ok(row.map(Opportunity::from))
}

/// Reads an opportunity, of an organization or of any, and keeps others from changing it, and from signing up for it, until the
/// transaction ends.
pub(super) async fn lock(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    organization_id: Option<Uuid>,
) -> QueryResult<Option<Opportunity>> {
    let row: Option<Row> =
        opportunities::table.find(id).select(Row::as_select()).for_update().first(conn).await.optional()?;
    let opportunity = row.map(Opportunity::from);
    Ok(opportunity
        .filter(|found| organization_id.is_none_or(|organization_id| found.organization_id == organization_id)))
}

/// Numbers a change of an organization's list, which nobody else changes until the transaction ends.
async fn hold_list(conn: &mut AsyncPgConnection, organization_id: Uuid) -> QueryResult<()> {
    let first = (organizations::organization_id.eq(organization_id), organizations::opportunities_version.eq(1));
    diesel::insert_into(organizations::table)
        .values(first)
        .on_conflict(organizations::organization_id)
        .do_update()
        .set(organizations::opportunities_version.eq(organizations::opportunities_version + 1))
        .execute(conn)
        .await?;
    Ok(())
}

async fn tell_list(conn: &mut AsyncPgConnection, organization_id: Uuid) -> QueryResult<()> {
    outbox::enqueue(conn, Uuid::now_v7(), &Message::TellOpportunities { organization_id }).await
}

/// The ids of an organization's opportunities, newest first, and the number of their last change.
pub(crate) async fn ids_of(pool: &Pool, organization_id: Uuid) -> Result<Option<(Vec<Uuid>, i64)>, StoreError> {
    let mut conn = store::connection(pool).await?;
    // First the number: a list that is newer than it says is told of again.
    let version = organizations::table.find(organization_id).select(organizations::opportunities_version);
    let version: Option<i64> = version.first(&mut conn).await.optional()?;
    let Some(version) = version else { return Ok(None) };
    let ids = opportunities::table
        .filter(opportunities::organization_id.eq(organization_id))
        .order(opportunities::id.desc())
        .select(opportunities::id)
        .load(&mut conn)
        .await?;
    Ok(Some((ids, version)))
}

/// Removes all opportunities of an organization that is gone, each by itself, and tells who was interested.
pub(crate) async fn erase(pool: &Pool, organization_id: Uuid) -> Result<(), StoreError> {
    let Some((ids, _)) = ids_of(pool, organization_id).await? else { return Ok(()) };
    let mut conn = store::connection(pool).await?;
    for id in ids {
        conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
            let Some(current) = lock(conn, id, None).await? else { return Ok(()) };
            let people = interests::people(conn, id).await?;
            notices::tell_of_nobody(conn, &current, NotificationKind::OpportunityWithdrawn, people).await?;
            diesel::delete(opportunities::table.find(id)).execute(conn).await?;
            Ok(())
        })
        .await?;
    }
    diesel::delete(organizations::table.find(organization_id)).execute(&mut conn).await?;
    Ok(())
}
