//! What must happen after a commit: messages written with the change that causes them, and delivered at least once.
//!
//! Any number of replicas may run an [`Outbox`] on one table. A row is claimed with a lease, so that a worker that dies
//! holds nothing for longer than that; its receiver must take a repeat for the same message by its id.

pub mod dead;
mod lanes;
mod schema;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    ExpressionMethods, QueryDsl, QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures::FutureExt;
use lanes::{CONCURRENCY, Lanes, Place};
use schema::outbox;
use serde::{Serialize, de::DeserializeOwned};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tonic::{Code, Response, Status};
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    store::{self, Pool, StoreError},
    telemetry::traces,
};

/// How often the table is looked at for what other replicas wrote, or what is due again.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// How long one attempt may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(150);
/// How long a claimed message stays with its worker; longer than an attempt, so that none is made twice at once.
const LEASE: TimeDelta = TimeDelta::seconds(180);
/// The wait after the first failure; it doubles with each.
const FIRST_BACKOFF: TimeDelta = TimeDelta::seconds(1);
/// The longest wait between two attempts.
const MAX_BACKOFF: TimeDelta = TimeDelta::minutes(5);
/// After how long a message that keeps failing is put aside as dead (RFC 5321, section 4.5.4.1, asks for 4 to 5 days).
const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(5);
/// How often the depth and age of the table are measured.
const MEASURE_INTERVAL: Duration = Duration::from_secs(15);
/// How much of an error is kept with its message.
const MAX_ERROR_LENGTH: usize = 500;

/// Writes a message, in the transaction of the change that causes it.
pub async fn enqueue<M: Serialize + Sync>(conn: &mut AsyncPgConnection, id: Uuid, message: &M) -> QueryResult<()> {
    let row = (outbox::id.eq(id), outbox::payload.eq(payload(message)?), outbox::traceparent.eq(traces::current()));
    diesel::insert_into(outbox::table).values(row).execute(conn).await?;
    Ok(())
}

/// Writes a message that is to be delivered at a later time. Until then it counts as not written yet: it is not late, and gives
/// up as long after that time as others do after they were written.
pub async fn enqueue_for<M: Serialize + Sync>(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    message: &M,
    due_at: DateTime<Utc>,
) -> QueryResult<()> {
    let row = (
        outbox::id.eq(id),
        outbox::payload.eq(payload(message)?),
        outbox::traceparent.eq(traces::current()),
        outbox::due_at.eq(due_at),
        outbox::created_at.eq(due_at),
    );
    diesel::insert_into(outbox::table).values(row).execute(conn).await?;
    Ok(())
}

/// Writes several messages.
pub async fn enqueue_all<M: Serialize + Sync>(conn: &mut AsyncPgConnection, messages: &[M]) -> QueryResult<()> {
    let trace = traces::current();
    let row = |message| {
        Ok((
            outbox::id.eq(Uuid::now_v7()),
            outbox::payload.eq(payload(message)?),
            outbox::traceparent.eq(trace.clone()),
        ))
    };
    let rows: QueryResult<Vec<_>> = messages.iter().map(row).collect();
    diesel::insert_into(outbox::table).values(rows?).execute(conn).await?;
    Ok(())
}

fn payload<M: Serialize>(message: &M) -> QueryResult<serde_json::Value> {
    serde_json::to_value(message).map_err(|error| diesel::result::Error::SerializationError(error.into()))
}

/// Why a message was not delivered. The text is kept with the message: it has no personal data and no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryError {
    /// Trying again may help.
    Retry(String),
    /// Trying again will not help; the message is put aside as dead.
    Refused(String),
}

/// What came of a call to a service, without the message of a failure, which may quote the request.
pub fn delivered<T>(service: &str, answer: Result<Response<T>, Status>) -> Result<T, DeliveryError> {
    let describe = |status: &Status| format!("{service} answered {:?}", status.code());
    match answer {
        Ok(response) => Ok(response.into_inner()),
        Err(status) if status.code() == Code::InvalidArgument => Err(DeliveryError::Refused(describe(&status))),
        Err(status) => Err(DeliveryError::Retry(describe(&status))),
    }
}

impl From<StoreError> for DeliveryError {
    fn from(error: StoreError) -> Self {
        Self::Retry(error.to_string())
    }
}

/// Delivers a service's messages.
pub trait Handler: Send + Sync + 'static {
    /// The messages, as they are written.
    type Message: Serialize + DeserializeOwned + Send + Sync;

    /// Delivers one message. It may be called again for one that was delivered already.
    fn deliver(&self, id: Uuid, message: Self::Message) -> impl Future<Output = Result<(), DeliveryError>> + Send;
}

/// A service's outbox, and the worker that empties it. Clones share it.
pub struct Outbox<H> {
    shared: Arc<Shared<H>>,
}

struct Shared<H> {
    pool: Pool,
    handler: H,
    wake: Notify,
}

impl<H> Clone for Outbox<H> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Jsonb)]
    payload: serde_json::Value,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Integer)]
    attempts: i32,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Text>)]
    traceparent: Option<String>,
}

/// Materialized, so that the due ones are looked for once, and no more are claimed than asked for. Kinds are told by the
/// tag that messages are written with.
const CLAIM: &str = "WITH due AS MATERIALIZED (SELECT id FROM outbox WHERE NOT dead AND due_at <= now() \
    AND coalesce(payload->>'kind', '') <> ALL ($2) ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) \
    UPDATE outbox SET attempts = attempts + 1, due_at = now() + make_interval(secs => $1) \
    FROM due WHERE outbox.id = due.id RETURNING outbox.id, payload, \
    coalesce(payload->>'kind', '') AS kind, attempts, created_at, traceparent";

#[derive(QueryableByName)]
struct Measured {
    #[diesel(sql_type = Text)]
    service: String,
    #[diesel(sql_type = Double)]
    depth: f64,
    #[diesel(sql_type = Double)]
    age: f64,
    #[diesel(sql_type = Double)]
    dead: f64,
}

const MEASURE: &str = "SELECT current_schema()::text AS service, count(*) FILTER (WHERE NOT dead)::float8 AS depth, \
    coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE NOT dead)), 0)::float8 AS age, \
    count(*) FILTER (WHERE dead)::float8 AS dead FROM outbox WHERE created_at <= now()";

impl<H: Handler> Outbox<H> {
    /// Makes the outbox of the service whose database `pool` leads to.
    #[must_use]
    pub fn new(pool: Pool, handler: H) -> Self {
        Self { shared: Arc::new(Shared { pool, handler, wake: Notify::new() }) }
    }

    /// Says that a message was committed, so that the worker need not find it by itself.
    pub fn wake(&self) {
        self.shared.wake.notify_one();
    }

    /// Delivers messages until the shutdown, and then finishes those under way.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut under_way = JoinSet::new();
        let mut lanes = Lanes::default();
        let mut measure = tokio::time::interval(MEASURE_INTERVAL);
        while !shutdown.is_cancelled() {
            let claimed = self.claim(&lanes).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "cannot look for messages");
                Vec::new()
            });
            for message in claimed {
                let place = lanes.enter(message.kind.clone());
                let span = traces::message(message.id, &message.kind, message.traceparent.as_deref());
                under_way.spawn(self.clone().attempt(message, place).instrument(span));
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = self.shared.wake.notified() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
                _ = measure.tick() => self.measure().await,
                Some(ended) = under_way.join_next() => log_panic(ended),
            }
            while let Some(ended) = under_way.try_join_next() {
                log_panic(ended);
            }
        }
        while let Some(ended) = under_way.join_next().await {
            log_panic(ended);
        }
    }

    async fn claim(&self, lanes: &Lanes) -> Result<Vec<Claimed>, StoreError> {
        let mut conn = store::connection(&self.shared.pool).await?;
        let claimed = diesel::sql_query(CLAIM)
            .bind::<Double, _>(LEASE.as_seconds_f64())
            .bind::<Array<Text>, _>(lanes.full())
            .bind::<BigInt, _>(i64::from(CONCURRENCY))
            .load(&mut conn)
            .await?;
        Ok(claimed)
    }

    async fn attempt(self, claimed: Claimed, _place: Place) {
        let Claimed { id, payload, attempts, created_at, .. } = claimed;
        let settled = match self.deliver(id, payload).await {
            Ok(()) => self.delete(id).await,
            Err(DeliveryError::Retry(error)) if Utc::now() - created_at < GIVE_UP_AFTER => {
                tracing::warn!(%id, attempts, error, "a message was not delivered, and will be tried again");
                self.postpone(id, Utc::now() + backoff(attempts), &error).await
            }
            Err(DeliveryError::Retry(error) | DeliveryError::Refused(error)) => {
                tracing::error!(%id, attempts, error, "a message cannot be delivered, and is put aside");
                self.bury(id, &error).await
            }
        };
        if let Err(error) = settled {
            tracing::warn!(%id, %error, "a message's outcome is not noted; it will be delivered again");
        }
    }

    async fn deliver(&self, id: Uuid, payload: serde_json::Value) -> Result<(), DeliveryError> {
        let retry = |error: &str| Err(DeliveryError::Retry(error.to_owned()));
        // Another version may have written it: a newer worker will know it. What is wrong with it may quote it.
        let Ok(message) = serde_json::from_value(payload) else { return retry("the message is not understood") };
        let delivery = AssertUnwindSafe(self.shared.handler.deliver(id, message)).catch_unwind();
        match tokio::time::timeout(ATTEMPT_TIMEOUT, delivery).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => retry("the handler panicked"),
            Err(_) => retry("it took too long"),
        }
    }

    async fn delete(&self, id: Uuid) -> Result<(), StoreError> {
        let mut conn = store::connection(&self.shared.pool).await?;
        diesel::delete(outbox::table.find(id)).execute(&mut conn).await?;
        metrics::counter!("connectus_outbox_delivered_total").increment(1);
        Ok(())
    }

    async fn postpone(&self, id: Uuid, until: DateTime<Utc>, error: &str) -> Result<(), StoreError> {
        let mut conn = store::connection(&self.shared.pool).await?;
        diesel::update(outbox::table.find(id))
            .set((outbox::due_at.eq(until), outbox::last_error.eq(excerpt(error))))
            .execute(&mut conn)
            .await?;
        Ok(())
    }

    async fn bury(&self, id: Uuid, error: &str) -> Result<(), StoreError> {
        let mut conn = store::connection(&self.shared.pool).await?;
        diesel::update(outbox::table.find(id))
            .set((outbox::dead.eq(true), outbox::last_error.eq(excerpt(error))))
            .execute(&mut conn)
            .await?;
        metrics::counter!("connectus_outbox_dead_total").increment(1);
        Ok(())
    }

    async fn measure(&self) {
        let Ok(mut conn) = store::connection(&self.shared.pool).await else { return };
        let measured = diesel::sql_query(MEASURE).get_result(&mut conn).await;
        if let Ok(Measured { service, depth, age, dead }) = measured {
            // Several services may be in one process.
            let labels = [("service", service)];
            metrics::gauge!("connectus_outbox_messages", &labels).set(depth);
            metrics::gauge!("connectus_outbox_oldest_seconds", &labels).set(age);
            metrics::gauge!("connectus_outbox_dead_messages", &labels).set(dead);
        }
    }
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a delivery was cut short; it will be tried again");
    }
}

/// The wait after a failure, up to a quarter shorter by chance, so that what failed together does not come back together.
fn backoff(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(16);
    let whole = (FIRST_BACKOFF * 2_i32.pow(doublings)).min(MAX_BACKOFF);
    whole - whole / 4 * rand::random_range(0..=100) / 100
}

fn excerpt(error: &str) -> String {
    error.chars().take(MAX_ERROR_LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_to_its_bound() {
        for (attempts, whole) in [(0, 1), (1, 1), (2, 2), (5, 16), (9, 256), (10, 300), (i32::MAX, 300)] {
            let wait = backoff(attempts);
            assert!(
                wait <= TimeDelta::seconds(whole) && wait >= TimeDelta::seconds(whole) * 3 / 4,
                "{attempts}: {wait}"
            );
        }
    }
}
