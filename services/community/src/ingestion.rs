//! The workers: they work on what was taken in, measure what waits, forget who is due, and delete what is left of deleted
//! communities.

use std::{sync::Arc, time::Duration};

use connectus_platform::store::{Pool, StoreError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::store::{self, ingestion::Progress};

/// How often the queue is looked at for what other replicas have taken in.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// How often it is looked whom to forget.
const FORGET_INTERVAL: Duration = Duration::from_secs(1);
/// How often what waits is measured.
const MEASURE_INTERVAL: Duration = Duration::from_secs(15);

/// Says that something was taken in. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Wake(Arc<Notify>);

impl Wake {
    /// Something was taken in.
    pub(crate) fn wake(&self) {
        self.0.notify_one();
    }

    /// Waits until something was.
    pub(crate) async fn woken(&self) {
        self.0.notified().await;
    }
}

/// Works on what was taken in, until the shutdown.
pub(crate) async fn run(pool: Pool, wake: Wake, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        let is_idle = work_round(&pool, &shutdown).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "what was taken in cannot be worked on now");
            true
        });
        if is_idle {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = wake.woken() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
        }
    }
}

/// Works once on each community of which something waits. Answers whether there was nothing to do.
async fn work_round(pool: &Pool, shutdown: &CancellationToken) -> Result<bool, StoreError> {
    let mut is_idle = true;
    for community_id in store::queue::communities(pool).await? {
        if shutdown.is_cancelled() {
            break;
        }
        match store::ingestion::work(pool, community_id).await {
            Ok(Progress::Done(1..)) => is_idle = false,
            Ok(Progress::Done(0) | Progress::Busy) => {}
            // The others need not wait for it.
            Err(error) => tracing::warn!(%community_id, %error, "what was taken in cannot be worked on now"),
        }
    }
    Ok(is_idle)
}

/// Measures what waits, until the shutdown.
pub(crate) async fn measure(pool: Pool, shutdown: CancellationToken) {
    loop {
        if let Ok(measured) = store::queue::measure(&pool).await {
            metrics::gauge!("connectus_community_queue_items").set(measured.depth);
            metrics::gauge!("connectus_community_queue_oldest_seconds").set(measured.age);
            metrics::gauge!("connectus_community_queue_dead_items").set(measured.dead);
        }
        if shutdown.run_until_cancelled(tokio::time::sleep(MEASURE_INTERVAL)).await.is_none() {
            return;
        }
    }
}

/// Forgets who is due, and deletes what is left of deleted communities, until the shutdown.
pub(crate) async fn forget(pool: Pool, shutdown: CancellationToken) {
    loop {
        if let Err(error) = forget_due(&pool).await {
            tracing::warn!(%error, "nobody can be forgotten now");
        }
        if shutdown.run_until_cancelled(tokio::time::sleep(FORGET_INTERVAL)).await.is_none() {
            return;
        }
    }
}

async fn forget_due(pool: &Pool) -> Result<(), StoreError> {
    store::anonymizations::finish_due(pool).await?;
    store::queue::drop_orphans(pool).await?;
    store::communities::delete_data(pool).await
}
