//! Accounts that operators lock.

use chrono::Utc;
use connectus_platform::store::{self, Connection, Pool};
use diesel_async::AsyncConnection;
use uuid::Uuid;

use super::{access, accounts, events};
use crate::domain::{
    Error,
    event::{Event, EventKind},
};

/// Locks an account, which ends its sessions.
pub(crate) async fn lock(pool: &Pool, account_id: Uuid, operator: &str, reason: &str) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        if !accounts::set_locked(conn, account_id, Some(Utc::now())).await? {
            return Err(Error::AccountNotFound);
        }
        access::revoke_account_on(conn, account_id).await?;
        events::insert(conn, &Event::by_operator(Some(account_id), EventKind::Locked, operator, reason)).await?;
        Ok(())
    })
    .await
}

/// Unlocks an account.
pub(crate) async fn unlock(pool: &Pool, account_id: Uuid, operator: &str, reason: &str) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        if !accounts::set_locked(conn, account_id, None).await? {
            return Err(Error::AccountNotFound);
        }
        events::insert(conn, &Event::by_operator(Some(account_id), EventKind::Unlocked, operator, reason)).await?;
        Ok(())
    })
    .await
}
