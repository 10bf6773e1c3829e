//! Mailed links, and what using one does.

use chrono::{DateTime, Utc};
use connectus_platform::{
    client::Client,
    idempotency, outbox,
    store::{self, Connection, Pool, StoreError},
    throttle,
};
use connectus_proto::auth::v1::{ResetPasswordResponse, VerifyEmailResponse};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, PgExpressionMethods, QueryDsl, QueryResult,
    sql_types::{Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{access, accounts, email_changes, events, passwords, schema::mail_links};
use crate::domain::{
    Error,
    account::email_key,
    event::{Event, EventKind},
    limits,
    link::{Purpose, token_hash},
    message::Message,
};

/// A link to be mailed.
pub(crate) struct NewLink<'a> {
    /// Its token.
    pub(crate) token: &'a str,
    /// Whose account it is for.
    pub(crate) account_id: Uuid,
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// The address that it goes to, which the account must still have then; none if it is for a change of address.
    pub(crate) email: Option<&'a str>,
    /// The change of address that it is for, if it is for one.
    pub(crate) email_change_id: Option<Uuid>,
    /// When it works no more.
    pub(crate) expires_at: DateTime<Utc>,
}

const INSERT: &str = "INSERT INTO mail_links (token_hash, account_id, purpose, expires_at, email_change_id) \
    SELECT $1, id, $3, $4, $5 FROM accounts WHERE id = $2 AND email_key = coalesce($6, email_key) \
    AND ($5 IS NULL OR EXISTS (SELECT FROM email_changes WHERE email_changes.id = $5)) FOR SHARE";

/// Adds a link that works until it expires or one of its kind is used. Tells whether it did: the account may be gone, or have
/// another address by now.
pub(crate) async fn insert(pool: &Pool, link: &NewLink<'_>) -> Result<bool, StoreError> {
    let mut conn = store::connection(pool).await?;
    let inserted = diesel::sql_query(INSERT)
        .bind::<Bytea, _>(token_hash(link.token))
        .bind::<SqlUuid, _>(link.account_id)
        .bind::<Text, _>(link.purpose.name())
        .bind::<Timestamptz, _>(link.expires_at)
        .bind::<Nullable<SqlUuid>, _>(link.email_change_id)
        .bind::<Nullable<Text>, _>(link.email.map(email_key))
        .execute(&mut conn)
        .await?;
    Ok(inserted == 1)
}

/// Has the links to choose a new password work no more: whoever read them need not be the owner any more.
pub(super) async fn withdraw_resets(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<()> {
    let of_account = mail_links::account_id.eq(account_id);
    let resets = of_account.and(mail_links::purpose.eq(Purpose::ResetPassword.name()));
    diesel::delete(mail_links::table.filter(resets)).execute(conn).await?;
    Ok(())
}

/// Uses a link to verify an account's address: the one it has, or the one it is changed to.
pub(crate) async fn verify_email(pool: &Pool, account_id: Uuid, token: &str, client: Client) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        if let Some(change_id) = redeem(conn, account_id, Purpose::VerifyEmail, token).await? {
            email_changes::confirm(conn, change_id, client).await?;
        } else {
            keep_address(conn, account_id).await?;
            access::publish_verified(conn, account_id).await?;
            events::insert(conn, &Event::new(account_id, EventKind::EmailVerified, client)).await?;
        }
        idempotency::complete(conn, &VerifyEmailResponse {}).await?;
        Ok(())
    })
    .await
}

/// Verifies the address that an account has, and tells communities of it; a change of it that waits is withdrawn.
async fn keep_address(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<()> {
    if accounts::set_verified(conn, account_id).await? {
        outbox::enqueue(conn, Uuid::now_v7(), &Message::RefreshVolunteer { account_id }).await?;
    }
    email_changes::withdraw_pending(conn, account_id).await
}

/// Uses a link to set a new password, which revokes every token. It verifies the address too: whoever used the link reads
/// what is sent there.
pub(crate) async fn reset_password(
    pool: &Pool,
    account_id: Uuid,
    token: &str,
    hash: &str,
    client: Client,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        redeem(conn, account_id, Purpose::ResetPassword, token).await?;
        accounts::set_password(conn, account_id, hash).await?;
        keep_address(conn, account_id).await?;
        access::revoke_account_on(conn, account_id).await?;
        passwords::tell(conn, account_id).await?;
        throttle::forget(conn, &limits::guess(account_id)).await?;
        events::insert(conn, &Event::new(account_id, EventKind::PasswordReset, client)).await?;
        idempotency::complete(conn, &ResetPasswordResponse {}).await?;
        Ok(())
    })
    .await
}

/// Deletes the link, so that it is used once whatever races, and with it all others that do the same. Returns the change of the
/// address that it is for, if it is for one.
pub(super) async fn redeem(
    conn: &mut AsyncPgConnection,
    account_id: Uuid,
    purpose: Purpose,
    token: &str,
) -> Result<Option<Uuid>, Error> {
    // Whoever uses another of the account's links waits here.
    if !accounts::lock(conn, account_id).await? {
        return Err(Error::LinkAccountGone);
    }
    let unexpired = mail_links::token_hash.eq(token_hash(token)).and(mail_links::expires_at.gt(Utc::now()));
    let of_kind = mail_links::account_id.eq(account_id).and(mail_links::purpose.eq(purpose.name()));
    let used = diesel::delete(mail_links::table.filter(unexpired.and(of_kind))).returning(mail_links::email_change_id);
    let change_id: Option<Uuid> = used.get_result(conn).await.optional()?.ok_or(Error::LinkInvalid)?;
    let same = mail_links::table.filter(of_kind.and(mail_links::email_change_id.is_not_distinct_from(change_id)));
    diesel::delete(same).execute(conn).await?;
    Ok(change_id)
}
