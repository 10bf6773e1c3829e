//! Limits on what somebody may try: counted in the database, so that they hold over any number of replicas and of attempts at
//! once.
//!
//! It is the generic cell rate algorithm (ITU-T I.371): each attempt moves the moment at which all is forgotten further away,
//! and is refused when that would be too far.

use std::time::Duration;

use diesel::{
    QueryResult, QueryableByName,
    sql_types::{Array, Bytea, Double},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sha2::{Digest, Sha256};

use crate::store::{self, Pool, Statement, StoreError, statement};

/// How much may be tried.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// How many attempts at once.
    pub burst: u32,
    /// After how long there is one more.
    pub refill: Duration,
}

/// One attempt at something that is limited.
#[derive(Clone, Debug)]
pub struct Attempt {
    key: Vec<u8>,
    limit: Limit,
}

impl Attempt {
    /// An attempt at `what`, counted for `subject`: an account, an address. Of both only a hash is kept.
    #[must_use]
    pub fn new(what: &str, subject: &str, limit: Limit) -> Self {
        Self { key: Sha256::digest(format!("{what}\0{subject}")).to_vec(), limit }
    }

    /// What it is counted by, for statements that do something else as well.
    #[must_use]
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    /// After how many seconds there is one more.
    #[must_use]
    pub fn refill(&self) -> f64 {
        self.limit.refill.as_secs_f64()
    }
}

#[derive(QueryableByName)]
struct Admitted {
    #[diesel(sql_type = Bytea)]
    key: Vec<u8>,
}

#[derive(QueryableByName)]
struct Wait {
    #[diesel(sql_type = Double)]
    seconds: f64,
}

/// The statement that counts attempts, with something more to select from. The rows are locked in the order of their keys, so that no
/// two calls wait for each other; the clock is read with the lock held, since who waited for it comes later than their transaction
/// began.
macro_rules! count {
    ($more:literal) => {
        concat!(
            "INSERT INTO throttles AS t (key, expires_at) \
            SELECT key, clock_timestamp() + make_interval(secs => refill) \
            FROM unnest($1, $2, $3) AS a (key, refill, depth)",
            $more,
            " ORDER BY key \
            ON CONFLICT (key) DO UPDATE \
            SET expires_at = greatest(t.expires_at, clock_timestamp()) + make_interval(secs => \
                (SELECT refill FROM unnest($1, $2) AS a (key, refill) WHERE a.key = t.key)) \
            WHERE greatest(t.expires_at, clock_timestamp()) <= clock_timestamp() + make_interval(secs => \
                (SELECT depth - refill FROM unnest($1, $2, $3) AS a (key, refill, depth) WHERE a.key = t.key)) \
            RETURNING key"
        )
    };
}

const COUNT: &str = count!("");
/// Nobody waits for the disk: should PostgreSQL crash, the counts of its last moments are lost, and nothing else is in the transaction
/// (PostgreSQL's manual, "Asynchronous Commit").
const COUNT_QUICKLY: &str = count!(", (SELECT set_config('synchronous_commit', 'off', true)) AS quickly");

const WAIT: &str = "SELECT coalesce(max(extract(epoch FROM t.expires_at - clock_timestamp())::float8 - a.depth + a.refill), 0) \
    AS seconds FROM unnest($1, $2, $3) AS a (key, refill, depth) JOIN throttles t USING (key)";

/// Counts attempts, and admits them if each is within its limit. Otherwise it tells how long to wait.
pub async fn admit(pool: &Pool, attempts: &[Attempt]) -> Result<Result<(), Duration>, StoreError> {
    let mut conn = store::connection(pool).await?;
    Ok(admit_by(&mut conn, COUNT_QUICKLY, attempts).await?)
}

/// The same in a transaction: what is attempted is not counted unless it is done.
pub async fn admit_on(conn: &mut AsyncPgConnection, attempts: &[Attempt]) -> QueryResult<Result<(), Duration>> {
    admit_by(conn, COUNT, attempts).await
}

async fn admit_by(
    conn: &mut AsyncPgConnection,
    count: &'static str,
    attempts: &[Attempt],
) -> QueryResult<Result<(), Duration>> {
    let admitted: Vec<Admitted> = bound(count, attempts).load(conn).await?;
    if attempts.iter().all(|attempt| admitted.iter().any(|admitted| admitted.key == attempt.key)) {
        return Ok(Ok(()));
    }
    let wait: Wait = bound(WAIT, attempts).get_result(conn).await?;
    Ok(Err(Duration::try_from_secs_f64(wait.seconds).unwrap_or_default().max(Duration::from_secs(1))))
}

/// Forgets what was tried: who succeeds in the end was no guesser.
pub async fn forget(conn: &mut AsyncPgConnection, attempt: &Attempt) -> QueryResult<()> {
    statement("DELETE FROM throttles WHERE key = $1").bind::<Bytea, _>(&attempt.key).execute(conn).await?;
    Ok(())
}

/// Gives an attempt back that was none.
pub async fn give_back(conn: &mut AsyncPgConnection, attempt: &Attempt) -> QueryResult<()> {
    const GIVE_BACK: &str = "UPDATE throttles SET expires_at = expires_at - make_interval(secs => $2) WHERE key = $1";
    let give_back = statement(GIVE_BACK).bind::<Bytea, _>(&attempt.key);
    give_back.bind::<Double, _>(attempt.refill()).execute(conn).await?;
    Ok(())
}

/// What attempts are told to a statement by.
type Bound = store::Bound<
    store::Bound<store::Bound<Statement, Array<Bytea>, Vec<Vec<u8>>>, Array<Double>, Vec<f64>>,
    Array<Double>,
    Vec<f64>,
>;

fn bound(sql: &'static str, attempts: &[Attempt]) -> Bound {
    let keys: Vec<Vec<u8>> = attempts.iter().map(|attempt| attempt.key.clone()).collect();
    let refill: Vec<f64> = attempts.iter().map(Attempt::refill).collect();
    let depth = attempts.iter().map(|attempt| attempt.refill() * f64::from(attempt.limit.burst));
    statement(sql).bind(keys).bind(refill).bind(depth.collect())
}
