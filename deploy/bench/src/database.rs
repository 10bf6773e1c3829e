//! The PostgreSQL that is measured with: a private one, which keeps what is committed, as one in production does.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use connectus_postgres::{Durability, Options, Postgres};
use tokio::task::JoinHandle;
use tokio_postgres::{Client, NoTls, Row};

use crate::{Outcome, results::Statement};

/// What production sets, so far as a machine of eight gigabytes can.
const SETTINGS: &[(&str, &str)] = &[("shared_preload_libraries", "pg_stat_statements"), ("shared_buffers", "1GB")];

/// How long it may take until what was taken in is worked on.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server, with its one database.
pub(crate) struct Database {
    server: Postgres,
    client: Client,
    _connection: JoinHandle<()>,
}

/// What a moment in the life of a database is known by.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    /// How many statements have been run on behalf of services.
    pub(crate) statements: i64,
    /// How many bytes of its log it has written.
    pub(crate) log_bytes: i64,
}

/// How much of a database something is.
#[derive(Clone, Debug)]
pub(crate) struct Size {
    /// The table, with its schema.
    pub(crate) table: String,
    /// With indexes.
    pub(crate) bytes: i64,
}

impl Database {
    /// Starts the one in a folder, and makes it first if there is none.
    pub(crate) async fn start(folder: &Path) -> Outcome<Self> {
        let database = Self::plain(folder).await?;
        if database.setting("shared_preload_libraries").await?.contains("pg_stat_statements") {
            return Ok(database);
        }
        for (name, value) in SETTINGS {
            database.execute(&format!("ALTER SYSTEM SET {name} = '{value}'")).await?;
        }
        // What is loaded with the server is, when it starts.
        database.server.stop().await;
        let database = Self::plain(folder).await?;
        database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements").await?;
        Ok(database)
    }

    async fn plain(folder: &Path) -> Outcome<Self> {
        let options = Options { data_dir: PathBuf::from(folder), durability: Durability::Safe };
        let server = Postgres::start(&options).await?;
        let (client, connection) = tokio_postgres::connect(&server.url("postgres"), NoTls).await?;
        let connection = tokio::spawn(async {
            let _ = connection.await;
        });
        Ok(Self { server, client, _connection: connection })
    }

    /// Has all of it read once, so that what is measured after it is not the machine's disk.
    pub(crate) async fn read_all(&self) -> Outcome<()> {
        self.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm").await?;
        self.execute("SELECT pg_prewarm(oid, 'read') FROM pg_class WHERE relkind IN ('r', 'i', 't')").await
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }

    pub(crate) fn url(&self) -> String {
        self.server.url("postgres")
    }

    /// Its first process, whose children are all others.
    pub(crate) fn pid(&self) -> Outcome<u32> {
        self.server.pid().ok_or_else(|| "PostgreSQL has ended".into())
    }

    pub(crate) async fn execute(&self, sql: &str) -> Outcome<()> {
        Ok(self.client.batch_execute(sql).await?)
    }

    /// Has another connection run something, beside what this one does.
    pub(crate) async fn execute_apart(&self, sql: &str) -> Outcome<()> {
        let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await?;
        let connection = tokio::spawn(connection);
        client.batch_execute(sql).await?;
        drop(client);
        Ok(connection.await??)
    }

    pub(crate) async fn number(&self, sql: &str) -> Outcome<i64> {
        Ok(self.client.query_one(sql, &[]).await?.try_get(0)?)
    }

    pub(crate) async fn texts(&self, sql: &str) -> Outcome<Vec<String>> {
        self.client.query(sql, &[]).await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    pub(crate) async fn setting(&self, name: &str) -> Outcome<String> {
        Ok(self.client.query_one(&format!("SHOW {name}"), &[]).await?.try_get(0)?)
    }

    pub(crate) async fn moment(&self) -> Outcome<Moment> {
        // Those of this connection are its own, and no service's.
        const STATEMENTS: &str = "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements \
            WHERE userid IN (SELECT oid FROM pg_roles WHERE rolname LIKE 'connectus\\_%') AND toplevel";
        let log_bytes = self.number("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint").await?;
        Ok(Moment { statements: self.number(STATEMENTS).await?, log_bytes })
    }

    /// Has it count anew what statements take.
    pub(crate) async fn forget_statements(&self) -> Outcome<()> {
        self.execute("SELECT pg_stat_statements_reset()").await
    }

    /// What services have spent most of its time on since then.
    pub(crate) async fn costliest(&self) -> Outcome<Vec<Statement>> {
        const COSTLIEST: &str = "SELECT 100 * total_exec_time / sum(total_exec_time) OVER () AS percent, mean_exec_time, \
                left(regexp_replace(query, '\\s+', ' ', 'g'), 300) \
            FROM pg_stat_statements WHERE userid IN (SELECT oid FROM pg_roles WHERE rolname LIKE 'connectus\\_%') AND toplevel \
            ORDER BY percent DESC LIMIT 4";
        let rows = self.client.query(COSTLIEST, &[]).await?;
        let statement =
            |row: &Row| Ok(Statement { percent: row.try_get(0)?, ms: row.try_get(1)?, text: row.try_get(2)? });
        rows.iter().map(statement).collect()
    }

    /// How many connections each service has.
    pub(crate) async fn connections(&self) -> Outcome<BTreeMap<String, i64>> {
        const CONNECTIONS: &str = "SELECT replace(application_name, 'connectus-', ''), count(*) FROM pg_stat_activity \
            WHERE application_name LIKE 'connectus-%' GROUP BY 1";
        let rows = self.client.query(CONNECTIONS, &[]).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// What each table takes, with its indexes.
    pub(crate) async fn sizes(&self) -> Outcome<Vec<Size>> {
        const SIZES: &str = "SELECT oid::regclass::text, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' \
            AND relnamespace::regnamespace::text IN ('auth', 'account', 'experience', 'social', 'community')";
        let rows = self.client.query(SIZES, &[]).await?;
        rows.iter().map(|row| Ok(Size { table: row.try_get(0)?, bytes: row.try_get(1)? })).collect()
    }

    /// Forgets who has tried how much: each measurement has all that is allowed. What pgbench put into an outbox goes too.
    pub(crate) async fn forget_attempts(&self) -> Outcome<()> {
        self.execute(
            "TRUNCATE auth.throttles, account.throttles, experience.throttles, social.throttles; \
             DELETE FROM experience.outbox WHERE payload ->> 'kind' = 'bench'",
        )
        .await
    }

    /// Waits until what was taken in is worked on, and writes what waits to be written, so that no measurement does either for the
    /// one before.
    pub(crate) async fn settle(&self) -> Outcome<()> {
        const LEFT: &str = "SELECT (SELECT count(*) FROM community.queue) \
            + (SELECT count(*) FROM auth.outbox WHERE due_at <= now() AND NOT dead) \
            + (SELECT count(*) FROM account.outbox WHERE due_at <= now() AND NOT dead) \
            + (SELECT count(*) FROM experience.outbox WHERE due_at <= now() AND NOT dead) \
            + (SELECT count(*) FROM social.outbox WHERE due_at <= now() AND NOT dead)";
        let until = Instant::now() + PATIENCE;
        while self.number(LEFT).await? > 0 {
            if Instant::now() > until {
                return Err("what was taken in is not worked on in time".into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.execute("CHECKPOINT").await
    }
}
