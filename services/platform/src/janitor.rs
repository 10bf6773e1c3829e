//! Deletes what has expired.

use std::time::Duration;

use diesel_async::RunQueryDsl;
use tokio_util::sync::CancellationToken;

use crate::store::{self, Pool, StoreError};

/// How often it looks. What it deletes has had no effect since it expired.
const INTERVAL: Duration = Duration::from_mins(10);
/// How many rows one statement deletes: after a long pause there may be more than it has time for.
const BATCH: usize = 10_000;

/// Deletes the rows of tables whose `expires_at` has passed, until the shutdown. Any number of replicas may do so at once.
pub async fn run(pool: Pool, tables: &'static [&'static str], shutdown: CancellationToken) {
    loop {
        for table in tables {
            if let Err(error) = delete_expired(&pool, table).await {
                tracing::warn!(%error, table, "cannot delete what has expired");
            }
        }
        if shutdown.run_until_cancelled(tokio::time::sleep(INTERVAL)).await.is_none() {
            return;
        }
    }
}

async fn delete_expired(pool: &Pool, table: &str) -> Result<(), StoreError> {
    let batch = format!(
        "DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE expires_at < now() LIMIT {BATCH}))"
    );
    let mut conn = store::connection(pool).await?;
    while diesel::sql_query(&batch).execute(&mut conn).await? == BATCH {}
    Ok(())
}
