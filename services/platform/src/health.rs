//! Whether a service can do its work: what gRPC health checks answer.

use std::time::Duration;

use diesel_async::RunQueryDsl;
use tokio_util::sync::CancellationToken;
use tonic_health::{ServingStatus, server::HealthReporter};

use crate::{
    access::AccessFeed,
    store::{self, Pool, StoreError},
};

/// How often a service is checked.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long its database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Keeps the health of one service, by the names of its contracts, up to date until it is about to end, from which on it is
/// not serving.
pub async fn follow(
    reporter: HealthReporter,
    grpc_names: &'static [&'static str],
    pool: Pool,
    access: AccessFeed,
    leaving: CancellationToken,
) {
    let mut told = None;
    loop {
        let answers = leaving.run_until_cancelled(tokio::time::timeout(PATIENCE, ping(&pool)));
        let ready = matches!(answers.await, Some(Ok(Ok(())))) && access.is_fresh();
        let status = if ready { ServingStatus::Serving } else { ServingStatus::NotServing };
        // Whoever watches is told of changes only.
        if told.replace(status) != Some(status) {
            tell(&reporter, grpc_names, status).await;
        }
        let pause = if ready { INTERVAL } else { INTERVAL / 10 };
        if leaving.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            break;
        }
    }
    tell(&reporter, grpc_names, ServingStatus::NotServing).await;
}

async fn tell(reporter: &HealthReporter, grpc_names: &[&str], status: ServingStatus) {
    for name in grpc_names {
        reporter.set_service_status(*name, status).await;
    }
}

async fn ping(pool: &Pool) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    diesel::sql_query("SELECT 1").execute(&mut conn).await?;
    Ok(())
}
