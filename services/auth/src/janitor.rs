//! Deletes what has expired.

use std::time::Duration;

use connectus_platform::store::{Pool, StoreError};
use tokio_util::sync::CancellationToken;

use crate::{keys::KeyRing, store};

/// How often it looks. Everything it deletes has had no effect since it expired.
pub(crate) const INTERVAL: Duration = Duration::from_mins(10);

/// Deletes expired links, changes of access and keys until the shutdown. Any number of replicas may do so at once.
pub(crate) async fn run(pool: Pool, keys: KeyRing, shutdown: CancellationToken) {
    loop {
        if let Err(error) = clean(&pool, &keys).await {
            tracing::warn!(%error, "cannot delete what has expired");
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}

async fn clean(pool: &Pool, keys: &KeyRing) -> Result<(), StoreError> {
    store::links::delete_expired(pool).await?;
    store::access::delete_expired(pool).await?;
    keys.prune().await
}
