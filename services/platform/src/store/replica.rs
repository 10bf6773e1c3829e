//! Reads that may be stale, which a replica of the database answers while it is near enough.
//!
//! How old its data is says neither its clock nor its connection to the primary, which may be broken without a word. So the primary is
//! asked once a second how much it has written: a replica that has as much has all that was committed before it was asked. A name may
//! have several replicas, and each connection may lead to another one, so each read asks its own.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use deadpool::managed::{Object, PoolError, QueueMode, TimeoutType, Timeouts};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Nullable},
};
use diesel_async::{AsyncPgConnection, pooled_connection::deadpool::Pool as DeadPool};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::{CONNECT_TIMEOUT, Connection, Pool, PoolOptions, StoreError, connection, connections, idle};
use crate::stale;

/// How often the primary is asked how much it has written, and the replica how much of that it has.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long a call waits for a connection to a replica that is busy: the primary may have one.
const WAIT_TIMEOUT: Duration = Duration::from_millis(100);
/// How long a replica may take to connect, and then to say how much it has.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long it may take to read: what is left of the call's deadline is for the primary then.
const READ_TIMEOUT: Duration = Duration::from_secs(3);

/// What the primary has written.
const WRITTEN: &str = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint AS position";
/// What a replica has of it; one that is none any more, since it was promoted, has nothing.
const REPLAYED: &str = "SELECT CASE WHEN pg_is_in_recovery() \
    THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint END AS position";

/// A replica of a service's database.
pub(crate) struct Replica {
    service: &'static str,
    connections: DeadPool<AsyncPgConnection>,
    /// What the primary had written, by when it was asked.
    history: Mutex<VecDeque<(Instant, i64)>>,
    /// Whether it answers. Where it does not, no call tries it until it has been seen to.
    is_there: AtomicBool,
}

#[derive(QueryableByName)]
struct Position {
    #[diesel(sql_type = Nullable<BigInt>)]
    position: Option<i64>,
}

/// Reads by a function that changes nothing: from the replica, where the call being served may be answered with what is as old as the
/// replica's data is now, else from the primary. What fails at the replica is read from the primary.
pub async fn reading<T, E, F>(pool: &Pool, read: impl Fn(Connection) -> F) -> Result<T, E>
where
    E: From<StoreError>,
    F: Future<Output = Result<T, E>>,
{
    match reading_replica(pool, &read).await {
        Some(answer) => Ok(answer),
        None => read(connection(pool).await?).await,
    }
}

/// What the replica answers to a read, if there is one that answers, and the call being served may be answered by it.
pub(super) async fn reading_replica<T, E, F>(pool: &Pool, read: impl Fn(Connection) -> F) -> Option<T>
where
    F: Future<Output = Result<T, E>>,
{
    let replica = pool.replica.as_ref()?;
    let allowed = stale::allowed();
    if allowed.is_zero() {
        return None;
    }
    let answer = replica.answer(allowed, read).await;
    let labels = [("service", replica.service), ("replica", if answer.is_some() { "true" } else { "false" })];
    metrics::counter!("connectus_database_replica_reads_total", &labels).increment(1);
    answer
}

impl Replica {
    pub(super) fn new(url: &str, options: &PoolOptions) -> Self {
        let timeouts = Timeouts { wait: Some(WAIT_TIMEOUT), create: Some(PATIENCE), recycle: None };
        Self {
            service: options.service,
            // In turn, so that each of several replicas has its part.
            connections: connections(url, options, timeouts, QueueMode::Fifo),
            history: Mutex::default(),
            is_there: AtomicBool::new(false),
        }
    }

    /// What it answers to a read that may be so old, if it answers, and is near enough.
    async fn answer<T, E, F>(&self, allowed: Duration, read: impl Fn(Connection) -> F) -> Option<T>
    where
        F: Future<Output = Result<T, E>>,
    {
        if !self.is_there.load(Ordering::Relaxed) {
            return None;
        }
        let (conn, lag) = self.ask().await?;
        if lag.is_none_or(|lag| lag > allowed) {
            return None;
        }
        match timeout(READ_TIMEOUT, read(conn)).await {
            Ok(answer) => answer.ok(),
            // What the connection is still at is not for who takes it next.
            Err(_) => self.is_gone("no answer in time"),
        }
    }

    /// Takes a connection, and asks how old what it reads is, if that is known.
    async fn ask(&self) -> Option<(Connection, Option<Duration>)> {
        let mut conn = match idle(&self.connections).await {
            Ok(conn) => conn,
            // It is only busy.
            Err(PoolError::Timeout(TimeoutType::Wait)) => return None,
            Err(error) => return self.is_gone(&error.to_string()),
        };
        match timeout(PATIENCE, position(&mut conn, REPLAYED)).await {
            Ok(Ok(replayed)) => Some((conn, replayed.and_then(|replayed| self.lag(replayed)))),
            failure => {
                drop(Object::take(conn));
                self.is_gone(&failure.map_or_else(|_| "no answer in time".to_owned(), |answer| format!("{answer:?}")))
            }
        }
    }

    /// Notes that it does not answer. Connections that are not in use are most likely broken too.
    fn is_gone<T>(&self, error: &str) -> Option<T> {
        if self.is_there.swap(false, Ordering::Relaxed) {
            tracing::warn!(service = self.service, error, "a replica does not answer");
        }
        self.connections.retain(|_, _| false);
        None
    }

    /// How old what a replica has is at most: it has all that was committed before the primary was asked how much that is.
    fn lag(&self, replayed: i64) -> Option<Duration> {
        let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = history.iter().rev().find(|(_, written)| *written <= replayed);
        newest.map(|(asked_at, _)| asked_at.elapsed())
    }

    /// Follows how far behind it is, without an end.
    pub(crate) async fn follow(self: Arc<Self>, pool: Pool) {
        let mut known = Instant::now();
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.note_written(&pool).await;
            if let Some((_conn, lag)) = self.ask().await {
                if let Some(since) = lag.and_then(|lag| Instant::now().checked_sub(lag)) {
                    known = known.max(since);
                }
                if !self.is_there.swap(true, Ordering::Relaxed) {
                    tracing::info!(service = self.service, "a replica answers");
                }
            }
            let labels = [("service", self.service)];
            metrics::gauge!("connectus_database_replica_lag_seconds", &labels).set(known.elapsed());
        }
    }

    /// Notes what the primary has written, for as long as anybody may ask.
    async fn note_written(&self, pool: &Pool) {
        let asked_at = Instant::now();
        let written = async { position(&mut connection(pool).await?, WRITTEN).await };
        let written = timeout(CONNECT_TIMEOUT, written).await;
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        history.retain(|(asked_at, _)| asked_at.elapsed() <= stale::MOST);
        if let Ok(Ok(Some(written))) = written {
            history.push_back((asked_at, written));
        }
    }
}

async fn position(conn: &mut Connection, query: &str) -> Result<Option<i64>, StoreError> {
    // Not above, where atomics load too.
    use diesel_async::RunQueryDsl;
    Ok(diesel::sql_query(query).get_result::<Position>(conn).await?.position)
}
