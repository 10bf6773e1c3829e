//! The removal of what there is about an account.

use connectus_platform::store::{self, Connection, Pool, StoreError};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, QueryResult,
    sql_types::{Array, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    interests, opportunities,
    rows::{NONE, PENDING_ON_SITE, ValidationColumns},
    schema::experiences,
};
use crate::domain::validation::Validation;

/// The mails that ask to confirm a person's experiences, and what others are to be told of an organization or a person, dead ones as
/// well.
const FORGET_MESSAGES: &str = "DELETE FROM outbox WHERE payload->>'organization_id' = $1::text \
    OR payload->>'user_id' = $1::text OR payload->>'experience_id' = ANY ($2::text[])";

/// The notices of and to an account, dead ones as well: nobody is told any more. Others in the same message stay. Messages are held
/// in the order of their ids, so that no two erasures wait for each other.
const FORGET_NOTICES: &str = "WITH held AS MATERIALIZED (SELECT id, payload, \
        (SELECT jsonb_agg(notice ORDER BY place) FROM jsonb_array_elements(payload->'notices') \
            WITH ORDINALITY AS notices (notice, place) WHERE notice->>'account_id' IS DISTINCT FROM $1::text \
            AND notice->>'actor_id' IS DISTINCT FROM $1::text) AS others \
        FROM outbox WHERE payload @> jsonb_build_object('notices', jsonb_build_array(jsonb_build_object('account_id', $1))) \
            OR payload @> jsonb_build_object('notices', jsonb_build_array(jsonb_build_object('actor_id', $1))) \
        ORDER BY id FOR UPDATE), \
    gone AS (DELETE FROM outbox USING held WHERE outbox.id = held.id AND others IS NULL) \
    UPDATE outbox SET payload = jsonb_set(held.payload, '{notices}', others) FROM held \
    WHERE outbox.id = held.id AND others IS NOT NULL";

/// Deletes a person's experiences with their links and interests, an organization's opportunities, and what was to be told of
/// either, and withdraws what the organization has not decided. What is written at this very moment is found when the erasure is
/// repeated.
pub(crate) async fn erase(pool: &Pool, account_id: Uuid) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
        let own = experiences::table.filter(experiences::user_id.eq(account_id));
        let erased: Vec<Uuid> = diesel::delete(own).returning(experiences::id).get_results(conn).await?;
        withdraw_requests(conn, account_id).await?;
        forget_messages(conn, account_id, &erased).await
    })
    .await?;
    interests::erase(pool, account_id).await?;
    opportunities::erase(pool, account_id).await
}

/// A decision that is being made holds its row, and is looked at again once it is made.
async fn withdraw_requests(conn: &mut AsyncPgConnection, organization: Uuid) -> QueryResult<()> {
    let undecided = experiences::validation_state.eq_any([NONE, PENDING_ON_SITE]);
    let of_organization = experiences::organization_id.eq(organization).and(undecided);
    let nobody_asked = (experiences::organization_id.eq(None::<Uuid>), ValidationColumns::from(&Validation::None));
    diesel::update(experiences::table.filter(of_organization)).set(nobody_asked).execute(conn).await?;
    Ok(())
}

/// Deletes what was to be told of an account and its experiences.
async fn forget_messages(conn: &mut AsyncPgConnection, account_id: Uuid, experiences: &[Uuid]) -> QueryResult<()> {
    let forget = diesel::sql_query(FORGET_MESSAGES).bind::<SqlUuid, _>(account_id);
    forget.bind::<Array<SqlUuid>, _>(experiences).execute(conn).await?;
    diesel::sql_query(FORGET_NOTICES).bind::<SqlUuid, _>(account_id).execute(conn).await?;
    Ok(())
}
