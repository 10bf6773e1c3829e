//! Accounts that are taken over from the former system.

use std::collections::HashSet;

use connectus_platform::store::{self, Connection, Pool, StoreError};
use diesel::{ExpressionMethods, QueryResult};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    accounts::{Changeable, ORGANIZATION, USER, existing},
    profiles::Row as ProfileRow,
    schema::{accounts, profiles},
    settings::{Row as SettingsRow, add_blocked},
};
use crate::domain::import::Import;

/// Makes an account with its profile and settings, unless it is there already. Answers whether it was.
pub(crate) async fn insert(pool: &Pool, import: Import) -> Result<bool, StoreError> {
    let mut conn = store::connection(pool).await?;
    let existed = conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
        let existed = insert_account(conn, &import).await? == 0;
        if !existed {
            let values = (profiles::account_id.eq(import.account.id), ProfileRow::from(import.profile));
            diesel::insert_into(profiles::table).values(values).execute(conn).await?;
        }
        Ok(existed)
    });
    Ok(existed.await?)
}

async fn insert_account(conn: &mut AsyncPgConnection, import: &Import) -> QueryResult<usize> {
    let account = &import.account;
    let fixed = (
        accounts::id.eq(account.id),
        accounts::email.eq(&account.email),
        accounts::created_at.eq(account.created_at),
        accounts::posts_count.eq(account.posts_count),
        accounts::liked_count.eq(account.liked_count),
        accounts::shared_count.eq(account.shared_count),
    );
    let former = (
        accounts::former_posts_count.eq(account.posts_count),
        accounts::former_liked_count.eq(account.liked_count),
        accounts::former_shared_count.eq(account.shared_count),
    );
    let values = (fixed, former, Changeable::from(account), SettingsRow::from(&import.settings));
    diesel::insert_into(accounts::table).values(values).on_conflict_do_nothing().execute(conn).await
}

/// Adds to whom a person has blocked those who are there by now.
pub(crate) async fn insert_blocks(pool: &Pool, id: Uuid, blocked: &[Uuid]) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
        if existing(conn, &[id], &[USER]).await?.is_empty() {
            return Ok(());
        }
        let known: HashSet<Uuid> = existing(conn, blocked, &[USER, ORGANIZATION]).await?.into_iter().collect();
        let others = blocked.iter().copied().filter(|other| known.contains(other) && *other != id);
        let in_order: Vec<Uuid> = others.collect();
        add_blocked(conn, id, &in_order).await
    })
    .await?;
    Ok(())
}
