//! Credentials from the former system.

use chrono::{DateTime, Utc};
use connectus_platform::store::{self, Connection, Pool};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::{accounts, events};
use crate::domain::{
    Error,
    account::{Account, LoginId, email_key},
    event::{Event, EventKind},
};

/// Tells whether an account is there already, or refuses one that cannot be added.
pub(crate) async fn check(pool: &Pool, account: &Account) -> Result<bool, Error> {
    let mut conn = store::connection(pool).await?;
    exists(&mut conn, account).await
}

/// Adds an account as it was, unless it is there already. Tells whether it was.
pub(crate) async fn import(
    pool: &Pool,
    account: &Account,
    created_at: DateTime<Utc>,
    operator: &str,
) -> Result<bool, Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        if exists(conn, account).await? {
            return Ok(true);
        }
        accounts::insert_row(conn, account, created_at).await?;
        events::insert(conn, &Event::by_operator(Some(account.id), EventKind::Imported, operator, "")).await?;
        Ok(false)
    })
    .await
}

async fn exists(conn: &mut AsyncPgConnection, account: &Account) -> Result<bool, Error> {
    let same = accounts::find_on(conn, &LoginId::Account(account.id)).await?;
    if same.is_some() {
        return Ok(true);
    }
    if events::was_deleted(conn, account.id).await? {
        return Err(Error::AccountDeleted);
    }
    match accounts::find_on(conn, &LoginId::Email(email_key(&account.email))).await? {
        Some(_) => Err(Error::EmailTaken),
        None => Ok(false),
    }
}
