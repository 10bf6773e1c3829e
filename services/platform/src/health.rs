//! Whether a service can do its work: what gRPC health checks answer, and metrics say.

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
    let (service, mut told) = (short_name(grpc_names), None);
    loop {
        // Before it is asked itself, which takes a connection.
        measure_pool(service, &pool);
        pool.close_unused();
        let answers = leaving.run_until_cancelled(tokio::time::timeout(PATIENCE, ping(&pool)));
        let ready = matches!(answers.await, Some(Ok(Ok(())))) && access.is_fresh();
        let status = if ready { ServingStatus::Serving } else { ServingStatus::NotServing };
        note_ready(service, ready);
        // Whoever watches is told of changes only.
        if told.replace(status) != Some(status) {
            tell(&reporter, grpc_names, status).await;
        }
        let pause = if ready { INTERVAL } else { INTERVAL / 10 };
        if leaving.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            break;
        }
    }
    note_ready(service, false);
    tell(&reporter, grpc_names, ServingStatus::NotServing).await;
}

/// `auth`, of `connectus.auth.v1.AuthService`.
fn short_name(grpc_names: &'static [&'static str]) -> &'static str {
    grpc_names.first().and_then(|name| name.split('.').nth(1)).unwrap_or("unknown")
}

fn note_ready(service: &'static str, ready: bool) {
    metrics::gauge!("connectus_service_ready", "service" => service).set(u8::from(ready));
}

fn measure_pool(service: &'static str, pool: &Pool) {
    let (status, labels) = (pool.status(), [("service", service)]);
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let in_use = status.size.saturating_sub(status.available);
    metrics::gauge!("connectus_database_connections_in_use", &labels).set(number(in_use));
    metrics::gauge!("connectus_database_connections_limit", &labels).set(number(status.max_size));
    metrics::gauge!("connectus_database_waiting_calls", &labels).set(number(status.waiting));
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
