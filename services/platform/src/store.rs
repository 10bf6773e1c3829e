//! The connections to a service's database, and what can go wrong with it.

mod cancelled;
mod point_reads;
mod replica;
mod statement;

use std::{sync::Arc, time::Duration};

use deadpool::{
    Status,
    managed::{PoolError, QueueMode, Timeouts},
};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::{
    AsyncPgConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool as DeadPool},
    },
};

pub use point_reads::PointReads;
pub use replica::reading;
pub use statement::{Bound, Statement, statement};

use replica::Replica;

/// A service's connections. Statements run in the service's own schema.
#[derive(Clone)]
pub struct Pool {
    primary: DeadPool<AsyncPgConnection>,
    replica: Option<Arc<Replica>>,
}

/// A connection that returns to its pool when dropped.
pub type Connection = Object<AsyncPgConnection>;

/// How long a call waits for a free connection, or for a new one to open, before it fails.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a connection that nobody needs stays open.
const IDLE_TIMEOUT: Duration = Duration::from_mins(1);

/// How long one statement may run; less than any rpc's deadline, so that an abandoned call leaves nothing running.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);

/// A failure of the database. The text is for the log, never for the caller.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum StoreError {
    /// It does not answer now; trying again may help.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// It refused a statement; trying again will not help.
    #[error("the database refused: {0}")]
    Internal(String),
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::BrokenTransactionManager
            | DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::SerializationFailure
                | DatabaseErrorKind::ReadOnlyTransaction,
                _,
            ) => Self::Unavailable(error.to_string()),
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, detail) if is_passing(detail.message()) => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Internal(error.to_string()),
        }
    }
}

/// Tells the faults that pass by their text, since diesel carries no SQLSTATE for them.
fn is_passing(message: &str) -> bool {
    [
        "connection closed",
        "terminating connection",
        "statement timeout",
        "deadlock detected",
        "shutting down",
        "starting up",
        "communicating",
    ]
    .iter()
    .any(|text| message.contains(text))
}

/// Whose connections to open.
#[derive(Clone, Debug)]
pub struct PoolOptions {
    /// `postgres://` URL.
    pub url: String,
    /// The same for replicas of it, which answer reads that may be stale.
    pub read_url: Option<String>,
    /// The service's name, which is its schema's name too.
    pub service: &'static str,
    /// How many connections at most.
    pub size: usize,
}

/// The database role of a service.
#[must_use]
pub fn role(service: &str) -> String {
    format!("connectus_{service}")
}

impl Pool {
    /// How many connections to the primary there are, and are free.
    pub(crate) fn status(&self) -> Status {
        self.primary.status()
    }

    /// Closes connections to the primary that nobody has needed for a while: what lies between may have forgotten them.
    pub(crate) fn close_unused(&self) {
        self.primary.retain(|_, metrics| metrics.last_used() < IDLE_TIMEOUT);
    }

    /// What is known of its replica, if it has one.
    pub(crate) fn replica(&self) -> Option<Arc<Replica>> {
        self.replica.clone()
    }
}

/// Makes a service's pool. It connects when first used.
#[must_use]
pub fn pool(options: &PoolOptions) -> Pool {
    let timeouts = Timeouts { wait: Some(CONNECT_TIMEOUT), create: Some(CONNECT_TIMEOUT), recycle: None };
    // As few connections as will do are in use, of which PostgreSQL's processes have what they need in their caches.
    let primary = connections(&options.url, options, timeouts, QueueMode::Lifo);
    let replica = options.read_url.as_deref().map(|url| Arc::new(Replica::new(url, options)));
    Pool { primary, replica }
}

fn connections(url: &str, options: &PoolOptions, timeouts: Timeouts, next: QueueMode) -> DeadPool<AsyncPgConnection> {
    let mut config = ManagerConfig::default();
    // A healthy connection is not asked again: a query at every checkout would double the cost of a read. One that has
    // closed is seen without asking.
    config.recycling_method = RecyclingMethod::Fast;
    let manager = AsyncDieselConnectionManager::new_with_config(connection_url(url, options), config);
    DeadPool::builder(manager)
        .max_size(options.size)
        .runtime(deadpool::Runtime::Tokio1)
        .timeouts(timeouts)
        .queue_mode(next)
        .post_create(cancelled::counting())
        .build()
        .unwrap_or_else(|error| unreachable!("a pool with a runtime builds: {error}"))
}

/// The URL with what each of the service's connections starts with: its role, its schema, and its limits. Its statements are
/// short: to compile one, or to share it among several processes, takes longer than it does.
fn connection_url(url: &str, options: &PoolOptions) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    let settings = format!(
        "-c search_path={schema},extensions -c role={role} -c statement_timeout={statement} \
         -c idle_in_transaction_session_timeout={idle} -c jit=off -c max_parallel_workers_per_gather=0",
        schema = options.service,
        role = role(options.service),
        statement = STATEMENT_TIMEOUT.as_millis(),
        idle = 2 * STATEMENT_TIMEOUT.as_millis(),
    );
    let settings = settings.replace(' ', "%20").replace('=', "%3D");
    format!("{url}{separator}application_name=connectus-{}&options={settings}", options.service)
}

/// Takes a connection.
pub async fn connection(pool: &Pool) -> Result<Connection, StoreError> {
    idle(&pool.primary).await.map_err(|error| match error {
        PoolError::Timeout(kind) => StoreError::Unavailable(format!("no connection in time ({kind:?})")),
        PoolError::Backend(error) => StoreError::Unavailable(error.to_string()),
        error @ (PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_)) => {
            StoreError::Internal(error.to_string())
        }
    })
}

/// Takes a connection that is not still at a statement of whoever had it before.
async fn idle(
    connections: &DeadPool<AsyncPgConnection>,
) -> Result<Connection, PoolError<diesel_async::pooled_connection::PoolError>> {
    loop {
        let mut conn = connections.get().await?;
        if !cancelled::is_at_work(&mut conn) {
            return Ok(conn);
        }
        cancelled::set_aside(conn);
    }
}

/// Takes a connection out of the pool for good, for who keeps it: the pool makes another in its place.
pub async fn own_connection(pool: &Pool) -> Result<AsyncPgConnection, StoreError> {
    Ok(Connection::take(connection(pool).await?))
}

/// The name of the unique constraint that a statement would have broken, if that is why it failed.
#[must_use]
pub fn unique_violation(error: &DieselError) -> Option<&str> {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, detail) => detail.constraint_name(),
        _ => None,
    }
}
