//! Credentials from the former system.

use chrono::{DateTime, Utc};
use connectus_platform::store::{self, Connection, Pool};
use diesel::{OptionalExtension, QueryDsl};
use diesel_async::{AsyncConnection, RunQueryDsl};
use uuid::Uuid;

use super::{accounts, events, schema::accounts as table};
use crate::domain::{
    Error,
    account::Account,
    event::{Event, EventKind},
};

/// Adds an account as it was, unless it is there already. Tells whether it was.
pub(crate) async fn import(
    pool: &Pool,
    account: &Account,
    created_at: DateTime<Utc>,
    operator: &str,
) -> Result<bool, Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let existing = table::table.find(account.id).select(table::id).first::<Uuid>(conn).await.optional()?;
        if existing.is_some() {
            return Ok(true);
        }
        accounts::insert_row(conn, account, created_at).await?;
        events::insert(conn, &Event::by_operator(Some(account.id), EventKind::Imported, operator, "")).await?;
        Ok(false)
    })
    .await
}
