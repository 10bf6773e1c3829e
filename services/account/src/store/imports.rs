//! Accounts that are taken over from the former system.

use connectus_platform::store::{self, Connection, Pool, StoreError};
use diesel::{ExpressionMethods, QueryResult};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::{
    accounts::Changeable,
    profiles::Row as ProfileRow,
    schema::{accounts, profiles},
    settings::Row as SettingsRow,
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
