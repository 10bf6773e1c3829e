//! Changes of a password by somebody who knows it.

use connectus_platform::{
    idempotency, outbox,
    store::{self, Connection, Pool},
    throttle,
};
use connectus_proto::auth::v1::ChangePasswordResponse;
use diesel::{QueryDsl, QueryResult};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    access, accounts, events, links,
    schema::accounts as table,
    sessions::{self, NewSession},
};
use crate::domain::{
    Error,
    account::Account,
    event::{Event, EventKind},
    limits,
    message::Message,
};

/// Sets a new password of an account whose old one was right a moment ago, ends every session and every mailed link, and begins
/// the session that `begin` makes for the new generation.
pub(crate) async fn change<F>(
    pool: &Pool,
    account: &Account,
    hash: &str,
    begin: impl FnOnce(i32) -> F + Send,
) -> Result<ChangePasswordResponse, Error>
where
    F: Future<Output = Result<(NewSession, ChangePasswordResponse), Error>> + Send,
{
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        accounts::lock_unchanged(conn, account).await?;
        accounts::set_password(conn, account.id, hash).await?;
        links::withdraw_resets(conn, account.id).await?;
        let generation = access::revoke_account_on(conn, account.id).await?.ok_or(Error::PasswordWrong)?;
        let (session, response) = begin(generation).await?;
        sessions::begin(conn, &session).await?;
        tell(conn, account.id).await?;
        throttle::forget(conn, &limits::guess(account.id)).await?;
        events::insert(conn, &Event::new(account.id, EventKind::PasswordChanged, session.client)).await?;
        idempotency::complete(conn, &response).await?;
        Ok(response)
    })
    .await
}

/// Has the owner of an account told that its password is another (OWASP ASVS 4.0.3, 2.2.3).
pub(super) async fn tell(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<()> {
    let email: String = table::table.find(account_id).select(table::email).first(conn).await?;
    outbox::enqueue(conn, Uuid::now_v7(), &Message::PasswordChangedMail { email }).await
}
