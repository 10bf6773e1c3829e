//! Sessions: what each login began.

use chrono::{DateTime, Utc};
use connectus_platform::{
    client::Client,
    idempotency,
    page::Page,
    store::{self, Connection, Pool, StoreError, statement},
    throttle::Attempt,
};
use connectus_proto::auth::v1::{EndSessionResponse, LoginResponse, TokenUse};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable,
    SelectableHelper,
    sql_types::{Array, BigInt, Bytea, Double, Int4, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{access, events, schema::sessions};
use crate::domain::{
    Error,
    account::Account,
    event::{Event, EventKind},
    limits,
};

/// A session that has not ended.
#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub(crate) struct Session {
    /// Its id, which is its token's.
    pub(crate) id: Uuid,
    /// What its device says it is.
    pub(crate) device: String,
    /// The network address that it logged in from.
    pub(crate) client_address: String,
    /// When it began.
    pub(crate) created_at: DateTime<Utc>,
    /// When it was last used.
    pub(crate) last_used_at: DateTime<Utc>,
    /// When it ends by itself.
    pub(crate) expires_at: DateTime<Utc>,
}

/// A session that begins.
pub(crate) struct NewSession {
    /// Its id, which is its token's.
    pub(crate) id: Uuid,
    /// Whose it is.
    pub(crate) account_id: Uuid,
    /// The generation that its token is made in.
    pub(crate) generation: i32,
    /// From where.
    pub(crate) client: Client,
    /// When it ends by itself.
    pub(crate) expires_at: DateTime<Utc>,
}

/// Begins a session of an account whose sessions were not all ended meanwhile.
const BEGIN: &str = "INSERT INTO sessions (id, account_id, device, client_address, expires_at) \
    SELECT $1, id, $4, $5, $6 FROM accounts WHERE id = $2 AND session_generation = $3 FOR SHARE";

/// The same for a login, with all that goes with it. A statement is done or not done as a whole, and takes one way to PostgreSQL where
/// a transaction takes one for each step.
const LOG_IN: &str = "WITH begun AS ( \
        INSERT INTO sessions (id, account_id, device, client_address, expires_at) \
        SELECT $1, id, $4, $5, $6 FROM accounts WHERE id = $2 AND session_generation = $3 FOR SHARE RETURNING account_id), \
    told AS ( \
        INSERT INTO security_events (id, account_id, kind, device, client_address) \
        SELECT $7, account_id, $8, $4, $5 FROM begun), \
    forgotten AS (DELETE FROM throttles WHERE key = $9 AND EXISTS (SELECT FROM begun)), \
    given_back AS ( \
        UPDATE throttles SET expires_at = expires_at - make_interval(secs => $11) \
        WHERE key = $10 AND EXISTS (SELECT FROM begun)) \
    SELECT FROM begun";

/// Another replica may note the same uses: whoever comes second has nothing to add.
const NOTE_USES: &str = "WITH used AS ( \
        SELECT s.id, least(to_timestamp(u.at), now()) AS at FROM sessions s \
        JOIN unnest($1, $2) AS u (id, at) USING (id) \
        WHERE s.last_used_at < to_timestamp(u.at) ORDER BY s.id FOR UPDATE OF s SKIP LOCKED) \
    UPDATE sessions SET last_used_at = used.at FROM used WHERE sessions.id = used.id";

/// Begins the session of a login, which answers `response`; the guesses before it are forgotten.
pub(crate) async fn log_in(
    pool: &Pool,
    account: &Account,
    session: &NewSession,
    response: &LoginResponse,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    if !idempotency::has_key() {
        return begin_by_login(&mut conn, account, session).await;
    }
    conn.transaction(async |conn: &mut Connection| {
        begin_by_login(conn, account, session).await?;
        idempotency::complete(conn, response).await?;
        Ok(())
    })
    .await
}

async fn begin_by_login(conn: &mut AsyncPgConnection, account: &Account, session: &NewSession) -> Result<(), Error> {
    let (guess, guess_from) = (limits::guess(account.id), limits::guess_from(&session.client));
    let begun = statement(LOG_IN)
        .bind::<SqlUuid, _>(session.id)
        .bind::<SqlUuid, _>(session.account_id)
        .bind::<Int4, _>(session.generation)
        .bind::<Text, _>(&session.client.device)
        .bind::<Text, _>(session.client.address_text())
        .bind::<Timestamptz, _>(session.expires_at)
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<Text, _>(EventKind::LoggedIn.name())
        .bind::<Bytea, _>(guess.key())
        .bind::<Nullable<Bytea>, _>(guess_from.as_ref().map(Attempt::key))
        .bind::<Double, _>(guess_from.as_ref().map_or(0.0, Attempt::refill))
        .execute(conn)
        .await?;
    if begun == 1 { Ok(()) } else { Err(Error::LoginRefused) }
}

/// Begins a session. Tells whether it did.
pub(super) async fn begin(conn: &mut AsyncPgConnection, session: &NewSession) -> QueryResult<bool> {
    let begun = statement(BEGIN)
        .bind::<SqlUuid, _>(session.id)
        .bind::<SqlUuid, _>(session.account_id)
        .bind::<Int4, _>(session.generation)
        .bind::<Text, _>(&session.client.device)
        .bind::<Text, _>(session.client.address_text())
        .bind::<Timestamptz, _>(session.expires_at)
        .execute(conn)
        .await?;
    Ok(begun == 1)
}

/// Lists an account's sessions, newest first, with one more than the page has.
pub(crate) async fn list(pool: &Pool, account_id: Uuid, page: Page) -> Result<Vec<Session>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let going_on = sessions::account_id.eq(account_id).and(sessions::expires_at.gt(Utc::now()));
    let listed = sessions::table.filter(going_on.and(sessions::id.lt(page.before.unwrap_or(Uuid::max()))));
    let listed = listed.order(sessions::id.desc()).limit(page.size + 1).select(Session::as_select());
    Ok(listed.load(&mut conn).await?)
}

/// Ends one of an account's sessions: its token is revoked.
pub(crate) async fn end(pool: &Pool, account_id: Uuid, id: Uuid, client: Client) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let expires_at = delete(conn, account_id, id).await?.ok_or(Error::SessionNotFound)?;
        access::revoke_token_on(conn, id, expires_at).await?;
        events::insert(conn, &Event::new(account_id, EventKind::SessionEnded, client)).await?;
        idempotency::complete(conn, &EndSessionResponse {}).await?;
        Ok(())
    })
    .await
}

/// Deletes a session that has not ended, and returns when it would have.
pub(super) async fn delete(
    conn: &mut AsyncPgConnection,
    account_id: Uuid,
    id: Uuid,
) -> QueryResult<Option<DateTime<Utc>>> {
    let own = sessions::id.eq(id).and(sessions::account_id.eq(account_id));
    let going_on = sessions::table.filter(own.and(sessions::expires_at.gt(Utc::now())));
    diesel::delete(going_on).returning(sessions::expires_at).get_result(conn).await.optional()
}

/// Deletes every session of an account.
pub(super) async fn delete_all(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<()> {
    diesel::delete(sessions::table.filter(sessions::account_id.eq(account_id))).execute(conn).await?;
    Ok(())
}

/// Notes when tokens were last used.
pub(crate) async fn note_uses(pool: &Pool, uses: &[TokenUse]) -> Result<(), StoreError> {
    let read = |used: &TokenUse| -> Option<(Uuid, i64)> { Some((used.token_id.parse().ok()?, used.use_time?.seconds)) };
    let (ids, times): (Vec<Uuid>, Vec<i64>) = uses.iter().filter_map(read).unzip();
    let mut conn = store::connection(pool).await?;
    let note = statement(NOTE_USES).bind::<Array<SqlUuid>, _>(ids).bind::<Array<BigInt>, _>(times);
    note.execute(&mut conn).await?;
    Ok(())
}
