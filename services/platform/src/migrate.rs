//! Brings a service's schema up to date.

use std::{collections::HashSet, time::Duration};

use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    migration::{CREATE_MIGRATIONS_TABLE, Migration, MigrationSource},
    pg::Pg,
    result::{ConnectionError, Error as DieselError},
    sql_types::Text,
};
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use crate::store;

/// Why a schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database does not answer, or does not let this user in.
    #[error("cannot connect to the database: {0}")]
    Connect(#[from] ConnectionError),
    /// The user may not do what migrating takes.
    #[error("cannot prepare the schema and role of {service}: {source}")]
    Prepare {
        /// The service.
        service: &'static str,
        /// What the database said.
        source: DieselError,
    },
    /// The server does not have an extension that a service needs.
    #[error("PostgreSQL does not have the extension {0}; install what its system calls postgresql-contrib")]
    NoExtension(&'static str),
    /// A migration failed; those before it stay.
    #[error("cannot migrate {service}: {cause}")]
    Migrate {
        /// The service.
        service: &'static str,
        /// What the database said.
        cause: String,
    },
    /// Somebody holds what a migration changes, and does not let go.
    #[error(
        "cannot migrate {service}: {cause}; a long query or an open transaction holds what it changes (pg_stat_activity \
         tells whose): migrate again when that has ended"
    )]
    Held {
        /// The service.
        service: &'static str,
        /// What the database said.
        cause: String,
    },
}

/// The schema of one service.
pub struct Schema {
    /// The service's name, which is its schema's name too.
    pub service: &'static str,
    /// Its migrations.
    pub migrations: EmbeddedMigrations,
    /// The extensions of PostgreSQL that they use, in the schema `extensions` that all services share.
    pub extensions: &'static [&'static str],
}

/// How long the database may take to let us in.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a migration waits for a lock. Whoever wants the same table meanwhile waits behind it, and a service's statement gives
/// up after 5 s.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);
/// How long those may go on before it is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it is tried: for about a minute.
const TRIES: u32 = 20;

/// The advisory lock that lets one process migrate at a time.
const LOCK: i64 = 0x636f_6e6e_6563_7475;

/// Since PostgreSQL 16, whoever creates a role is a member of it who may not become it.
const MAY_BECOME: &str = "CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END";

impl Schema {
    /// Makes the schema and the role that the service will use, and runs the migrations that have not run yet. Several
    /// processes may call it at once. It takes a runtime with several threads.
    pub async fn migrate(self, url: &str) -> Result<(), MigrateError> {
        let service = self.service;
        let mut conn = connect(url, service).await?;
        let prepare = preparation(service);
        let failure = |source| MigrateError::Prepare { service, source };
        conn.batch_execute(&prepare).await.map_err(failure)?;
        for extension in self.extensions {
            add_extension(&mut conn, service, extension)
                .await
                .map_err(failure)?
                .ok_or(MigrateError::NoExtension(extension))?;
        }
        let mut harness = AsyncMigrationHarness::new(conn);
        patiently(service, || match harness.run_pending_migrations(Again(&self.migrations)) {
            Ok(_) => Ok(()),
            // Diesel carries no SQLSTATE for it.
            Err(cause) if cause.to_string().contains("lock timeout") => {
                Err(MigrateError::Held { service, cause: cause.to_string() })
            }
            Err(cause) => Err(MigrateError::Migrate { service, cause: cause.to_string() }),
        })
        .await
    }

    /// Whether every migration has run; a newer version may have run more, on which this one works as well. It changes nothing, and
    /// needs no right but those of the service's role.
    pub async fn is_current(self, url: &str) -> Result<bool, MigrateError> {
        let service = self.service;
        let failure = |cause: String| MigrateError::Migrate { service, cause };
        let known: Vec<Box<dyn Migration<Pg>>> = self.migrations.migrations().map_err(|e| failure(e.to_string()))?;
        let mut conn = connect(url, service).await?;
        let applied = applied(&mut conn, service).await.map_err(|error| failure(error.to_string()))?;
        Ok(known.iter().all(|migration| applied.contains(&migration.name().version().to_string())))
    }
}

/// Migrations that may be run more than once.
struct Again<'a>(&'a EmbeddedMigrations);

impl MigrationSource<Pg> for Again<'_> {
    fn migrations(&self) -> diesel::migration::Result<Vec<Box<dyn Migration<Pg>>>> {
        self.0.migrations()
    }
}

/// Runs migrations again for as long as one waits for a lock in vain, with a pause in which everybody else goes on. A migration is
/// one transaction: those that have run stay.
async fn patiently(service: &str, mut run: impl FnMut() -> Result<(), MigrateError>) -> Result<(), MigrateError> {
    for _ in 1..TRIES {
        match run() {
            Err(MigrateError::Held { cause, .. }) => tracing::warn!(service, cause, "a migration waits for a lock"),
            outcome => return outcome,
        }
        tokio::time::sleep(PAUSE).await;
    }
    run()
}

/// Makes an extension where there is none yet; `None` where the server does not have it.
async fn add_extension(conn: &mut AsyncPgConnection, service: &str, extension: &str) -> QueryResult<Option<()>> {
    let available = format!("SELECT '' AS version FROM pg_available_extensions WHERE name = '{extension}'");
    if diesel::sql_query(available).get_result::<Version>(conn).await.optional()?.is_none() {
        return Ok(None);
    }
    let role = store::role(service);
    let add = format!(
        "CREATE SCHEMA IF NOT EXISTS extensions;
         GRANT USAGE ON SCHEMA extensions TO {role};
         CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA extensions;
         DO $$ BEGIN
             IF (SELECT extnamespace <> 'extensions'::regnamespace FROM pg_extension WHERE extname = '{extension}') THEN
                 RAISE EXCEPTION 'move the extension: ALTER EXTENSION {extension} SET SCHEMA extensions';
             END IF;
         END $$;"
    );
    conn.batch_execute(&add).await.map(Some)
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The versions that have run; none where nobody has migrated yet.
async fn applied(conn: &mut AsyncPgConnection, service: &str) -> QueryResult<HashSet<String>> {
    let table = format!("{service}.__diesel_schema_migrations");
    let exists = format!("SELECT '' AS version WHERE to_regclass('{table}') IS NOT NULL");
    if diesel::sql_query(exists).get_result::<Version>(conn).await.optional()?.is_none() {
        return Ok(HashSet::new());
    }
    let versions: Vec<Version> = diesel::sql_query(format!("SELECT version FROM {table}")).load(conn).await?;
    Ok(versions.into_iter().map(|row| row.version).collect())
}

async fn connect(url: &str, service: &str) -> Result<AsyncPgConnection, ConnectionError> {
    let separator = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{separator}options=-c%20search_path%3D{service},extensions");
    let connected = tokio::time::timeout(CONNECT_TIMEOUT, AsyncPgConnection::establish(&url)).await;
    connected.unwrap_or_else(|_| Err(ConnectionError::BadConnection("it does not answer".to_owned())))
}

/// Takes the lock for as long as the connection lasts, however long others have it, and makes the schema and role. Roles belong to
/// the whole server: another database's migration may make the same one at the same moment.
fn preparation(service: &str) -> String {
    let role = store::role(service);
    format!(
        "SELECT pg_advisory_lock({LOCK});
         DO $$ BEGIN
             IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} NOLOGIN; END IF;
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
         END $$;
         DO $$ BEGIN
             IF NOT pg_has_role(current_user, '{role}', {MAY_BECOME}) THEN GRANT {role} TO CURRENT_USER; END IF;
         END $$;
         CREATE SCHEMA IF NOT EXISTS {service};
         GRANT USAGE ON SCHEMA {service} TO {role};
         SET search_path = {service};
         {CREATE_MIGRATIONS_TABLE};
         GRANT SELECT ON __diesel_schema_migrations TO {role};
         SET lock_timeout = {lock_timeout};",
        lock_timeout = LOCK_TIMEOUT.as_millis(),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn held() -> MigrateError {
        MigrateError::Held { service: "auth", cause: "canceling statement due to lock timeout".to_owned() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lock_is_waited_for_for_so_long_and_no_longer() {
        let mut tries = 0;
        let run = || {
            tries += 1;
            Err(held())
        };
        let error = patiently("auth", run).await.unwrap_err().to_string();
        assert_eq!(tries, TRIES);
        assert!(error.contains("lock timeout") && error.contains("pg_stat_activity"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_for_another_reason_is_not_tried_again() {
        let mut outcomes = vec![Ok(()), Err(MigrateError::NoExtension("citext")), Err(held())];
        let error = patiently("auth", || outcomes.pop().unwrap()).await.unwrap_err();
        assert!(matches!(error, MigrateError::NoExtension("citext")), "{error:?}");
        assert_eq!(outcomes.len(), 1);
    }
}
