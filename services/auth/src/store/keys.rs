//! The signing keys.

use chrono::{DateTime, Utc};
use connectus_platform::store::{self, Connection, Pool, StoreError};
use diesel::{
    ExpressionMethods, Insertable, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper, sql_types,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::schema::signing_keys;

/// Lets one replica at a time make a key.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtext('connectus.auth.signing_keys'))";

/// A signing key.
#[derive(Clone, PartialEq, Eq, Insertable, Queryable, Selectable)]
#[diesel(table_name = signing_keys)]
pub(crate) struct StoredKey {
    /// Its id.
    pub(crate) key_id: String,
    /// The private half, as PKCS #8 DER.
    pub(crate) private_key: Vec<u8>,
    /// The public half.
    pub(crate) public_key: Vec<u8>,
    /// From when on tokens are signed with it.
    pub(crate) active_at: DateTime<Utc>,
}

/// All keys, newest first.
pub(crate) async fn list(pool: &Pool) -> Result<Vec<StoredKey>, StoreError> {
    let mut conn = store::connection(pool).await?;
    Ok(list_on(&mut conn).await?)
}

async fn list_on(conn: &mut AsyncPgConnection) -> QueryResult<Vec<StoredKey>> {
    let newest_first = signing_keys::table.order(signing_keys::active_at.desc());
    newest_first.select(StoredKey::as_select()).load(conn).await
}

/// Adds a key, if it is wanted beside those that there are then: another replica may have been faster. Tells whether it was.
pub(crate) async fn insert_if(
    pool: &Pool,
    key: &StoredKey,
    is_wanted: impl Fn(&[StoredKey]) -> bool + Send + Sync,
) -> Result<bool, StoreError> {
    let mut conn = store::connection(pool).await?;
    let inserted = conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
        diesel::sql_query(LOCK).execute(conn).await?;
        let is_wanted = is_wanted(&list_on(conn).await?);
        if is_wanted {
            diesel::insert_into(signing_keys::table).values(key).execute(conn).await?;
        }
        Ok(is_wanted)
    });
    Ok(inserted.await?)
}

/// Deletes the keys that another had taken over from before a moment.
pub(crate) async fn delete_replaced_before(pool: &Pool, moment: DateTime<Utc>) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    let replaced = "DELETE FROM signing_keys old WHERE EXISTS \
        (SELECT FROM signing_keys new WHERE new.active_at > old.active_at AND new.active_at < $1)";
    diesel::sql_query(replaced).bind::<sql_types::Timestamptz, _>(moment).execute(&mut conn).await?;
    Ok(())
}
