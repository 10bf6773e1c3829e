//! Deletes links that have expired.

use std::time::Duration;

use connectus_platform::store::Pool;
use tokio_util::sync::CancellationToken;

use crate::store;

/// How often it looks. Everything it deletes has had no effect since it expired.
const INTERVAL: Duration = Duration::from_mins(10);

/// Deletes expired links until the shutdown. Any number of replicas may do so at once.
pub(crate) async fn run(pool: Pool, shutdown: CancellationToken) {
    loop {
        if let Err(error) = store::links::delete_expired(&pool).await {
            tracing::warn!(%error, "cannot delete what has expired");
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}
