//! The removal of an account.

use connectus_platform::store::{self, Connection, Pool, StoreError};
use diesel::{
    ExpressionMethods, PgArrayExpressionMethods, QueryDsl,
    dsl::array_remove,
    sql_types::{BigInt, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use uuid::Uuid;

use super::schema::{accounts, profiles};

/// The advisory lock that lets one erasure run at a time: two accounts that have blocked each other would wait for each other.
const LOCK: i64 = 0x6572_6173_7572_6500;

/// What was to be told of and to an account.
const FORGET_MESSAGES: &str = "DELETE FROM outbox WHERE payload->>'account_id' = $1::text OR payload @> jsonb_build_object('notices', jsonb_build_array( \
    jsonb_build_object('account_id', $1))) OR payload @> jsonb_build_object('notices', jsonb_build_array( \
    jsonb_build_object('actor_id', $1)))";

/// Deletes an account with all that hangs on it (its profile, its notes, its connections, the blocks of and by it), and takes it
/// out of the organizations' profiles that name it. One that names it at this very moment is found when the erasure is repeated.
pub(crate) async fn erase(pool: &Pool, id: Uuid) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)").bind::<BigInt, _>(LOCK).execute(conn).await?;
        let ids = profiles::affiliated_organization_ids;
        // First the profiles: who changes one holds it while waiting for the account.
        diesel::update(profiles::table.filter(ids.contains(vec![id])))
            .set(ids.eq(array_remove(ids, id)))
            .execute(conn)
            .await?;
        diesel::delete(accounts::table.find(id)).execute(conn).await?;
        diesel::sql_query(FORGET_MESSAGES).bind::<SqlUuid, _>(id).execute(conn).await?;
        Ok(())
    })
    .await?;
    Ok(())
}
