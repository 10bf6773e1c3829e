//! The changes of access that replicas follow.

use chrono::{DateTime, Utc};
use connectus_platform::{
    client::Client,
    idempotency,
    identity::Caller,
    store::{self, Connection, Pool, StoreError, statement},
    token::LEEWAY,
};
use connectus_proto::auth::v1::{
    AccessChange, AccountAccess, LogoutEverywhereResponse, LogoutResponse, RevokedToken, access_change::Change,
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper,
    dsl::exists,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use prost_types::Timestamp;
use uuid::Uuid;

use super::{accounts, events, schema::access_changes, sessions};
use crate::{
    config::MAX_TOKEN_TTL,
    domain::event::{Event, EventKind},
};

/// Lets one transaction at a time write a change, so that they become visible in the order of their numbers and a replica
/// that reads on from a number misses none.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtext('connectus.auth.access_changes'))";

/// How many changes are read at once.
const PAGE: i64 = 1000;

#[derive(Queryable, Selectable)]
#[diesel(table_name = access_changes)]
struct Row {
    seq: i64,
    token_id: Option<Uuid>,
    account_id: Option<Uuid>,
    min_generation: Option<i32>,
    email_verified: Option<bool>,
    expires_at: DateTime<Utc>,
}

impl From<Row> for AccessChange {
    fn from(row: Row) -> Self {
        let token = row.token_id.map(|id| Change::Token(RevokedToken { token_id: id.to_string() }));
        let account = row.account_id.map(|id| {
            Change::Account(AccountAccess {
                account_id: id.to_string(),
                min_generation: row.min_generation.unwrap_or_default(),
                email_verified: row.email_verified.unwrap_or_default(),
            })
        });
        let expire_time = Timestamp { seconds: row.expires_at.timestamp(), nanos: 0 };
        Self { change: token.or(account), expire_time: Some(expire_time) }
    }
}

/// A page of changes after a cursor, oldest first.
pub(crate) struct Page {
    /// The changes.
    pub(crate) changes: Vec<AccessChange>,
    /// The cursor after them.
    pub(crate) cursor: i64,
    /// Whether there are more.
    pub(crate) more: bool,
}

/// Reads the changes after a cursor that still matter.
pub(crate) async fn changes_after(pool: &Pool, cursor: i64) -> Result<Page, StoreError> {
    let mut conn = store::connection(pool).await?;
    let later = access_changes::seq.gt(cursor).and(access_changes::expires_at.gt(Utc::now()));
    // One more than a page tells whether there are more.
    let page = access_changes::table.filter(later).order(access_changes::seq).limit(PAGE + 1);
    let mut rows: Vec<Row> = page.select(Row::as_select()).load(&mut conn).await?;
    let more = i64::try_from(rows.len()).is_ok_and(|read| read > PAGE);
    if more {
        rows.pop();
    }
    let cursor = rows.last().map_or(cursor, |row| row.seq);
    Ok(Page { changes: rows.into_iter().map(AccessChange::from).collect(), cursor, more })
}

/// Logs out: revokes the token that a call is made with.
pub(crate) async fn log_out(pool: &Pool, caller: &Caller, client: Client) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        sessions::delete(conn, caller.account_id, caller.token_id).await?;
        revoke_token_on(conn, caller.token_id, caller.expires_at).await?;
        events::insert(conn, &Event::new(caller.account_id, EventKind::SessionEnded, client)).await?;
        idempotency::complete(conn, &LogoutResponse {}).await
    })
    .await
    .map_err(StoreError::from)
}

/// Logs out everywhere: revokes every token of an account.
pub(crate) async fn log_out_everywhere(pool: &Pool, account_id: Uuid, client: Client) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        revoke_account_on(conn, account_id).await?;
        events::insert(conn, &Event::new(account_id, EventKind::SessionsEnded, client)).await?;
        idempotency::complete(conn, &LogoutEverywhereResponse {}).await
    })
    .await
    .map_err(StoreError::from)
}

/// Revokes one token.
pub(super) async fn revoke_token_on(
    conn: &mut AsyncPgConnection,
    token_id: Uuid,
    expires_at: DateTime<Utc>,
) -> QueryResult<()> {
    let values = (access_changes::token_id.eq(token_id), access_changes::expires_at.eq(forgettable(expires_at)));
    statement(LOCK).execute(conn).await?;
    diesel::insert_into(access_changes::table).values(values).execute(conn).await?;
    Ok(())
}

/// Revokes every token of an account, and ends its sessions. Returns the generation that new ones are made in, if there is such
/// an account.
pub(super) async fn revoke_account_on(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<Option<i32>> {
    let Some((generation, email_verified)) = accounts::next_generation(conn, account_id).await? else {
        return Ok(None);
    };
    sessions::delete_all(conn, account_id).await?;
    insert(conn, account_id, generation, email_verified).await?;
    Ok(Some(generation))
}

/// Revokes every token of an account that comes to its end.
pub(super) async fn revoke_for_good(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<()> {
    insert(conn, account_id, i32::MAX, false).await
}

/// Tells replicas that an account's address is verified, if they believe that it is not. Of a new account they believe nothing.
pub(super) async fn publish_verified(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<()> {
    let unverified = access_changes::account_id.eq(account_id).and(access_changes::email_verified.eq(false));
    if diesel::select(exists(access_changes::table.filter(unverified))).get_result(conn).await? {
        publish(conn, account_id).await?;
    }
    Ok(())
}

/// Tells replicas whether an account's address is verified now.
pub(super) async fn publish(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<()> {
    let (generation, email_verified) = accounts::access(conn, account_id).await?;
    insert(conn, account_id, generation, email_verified).await
}

async fn insert(
    conn: &mut AsyncPgConnection,
    account_id: Uuid,
    min_generation: i32,
    email_verified: bool,
) -> QueryResult<()> {
    statement(LOCK).execute(conn).await?;
    let values = (
        access_changes::account_id.eq(account_id),
        access_changes::min_generation.eq(min_generation),
        access_changes::email_verified.eq(email_verified),
        // Some tokens may be older than the setting that says how long they are good.
        access_changes::expires_at.eq(forgettable(Utc::now() + MAX_TOKEN_TTL)),
    );
    diesel::insert_into(access_changes::table).values(values).execute(conn).await?;
    Ok(())
}

/// When a change may be forgotten that concerns tokens up to an expiry: some clocks accept them for a while longer.
fn forgettable(expires_at: DateTime<Utc>) -> DateTime<Utc> {
    expires_at + 2 * LEEWAY
}
