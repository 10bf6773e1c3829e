//! Mailed links, and what using one does.

use chrono::{DateTime, Utc};
use connectus_platform::store::{self, Connection, Pool, StoreError};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{access, accounts, schema::mail_links};
use crate::domain::{
    Error,
    link::{Purpose, token_hash},
};

/// Adds a link that works until it expires or one of its kind is used.
pub(crate) async fn insert(
    pool: &Pool,
    account_id: Uuid,
    purpose: Purpose,
    token: &str,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    let values = (
        mail_links::token_hash.eq(token_hash(token)),
        mail_links::account_id.eq(account_id),
        mail_links::purpose.eq(purpose.name()),
        mail_links::expires_at.eq(expires_at),
    );
    diesel::insert_into(mail_links::table).values(values).execute(&mut conn).await?;
    Ok(())
}

/// Uses a link to verify an account's address.
pub(crate) async fn verify_email(pool: &Pool, account_id: Uuid, token: &str) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        redeem(conn, account_id, Purpose::VerifyEmail, token).await?;
        accounts::set_verified(conn, account_id).await?;
        Ok(())
    })
    .await
}

/// Uses a link to set a new password, which revokes every token. It verifies the address too: whoever used the link reads
/// what is sent there.
pub(crate) async fn reset_password(pool: &Pool, account_id: Uuid, token: &str, hash: &str) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        redeem(conn, account_id, Purpose::ResetPassword, token).await?;
        accounts::set_password(conn, account_id, hash).await?;
        accounts::set_verified(conn, account_id).await?;
        access::revoke_account_on(conn, account_id).await?;
        Ok(())
    })
    .await
}

/// Deletes the link, so that it is used once whatever races, and with it all others of its kind.
async fn redeem(conn: &mut AsyncPgConnection, account_id: Uuid, purpose: Purpose, token: &str) -> Result<(), Error> {
    // Whoever uses another of the account's links waits here.
    if !accounts::lock(conn, account_id).await? {
        return Err(Error::LinkAccountGone);
    }
    let unexpired = mail_links::token_hash.eq(token_hash(token)).and(mail_links::expires_at.gt(Utc::now()));
    let of_kind = mail_links::account_id.eq(account_id).and(mail_links::purpose.eq(purpose.name()));
    let used = diesel::delete(mail_links::table.filter(unexpired.and(of_kind))).execute(conn).await?;
    if used == 0 {
        return Err(Error::LinkInvalid);
    }
    diesel::delete(mail_links::table.filter(of_kind)).execute(conn).await?;
    Ok(())
}
