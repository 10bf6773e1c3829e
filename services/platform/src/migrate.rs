//! Brings a service's schema up to date.

use diesel::result::{ConnectionError, Error as DieselError};
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
    /// A migration failed; those before it stay.
    #[error("cannot migrate {service}: {cause}")]
    Migrate {
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
}

/// The advisory lock that lets one process migrate at a time.
const LOCK: i64 = 0x636f_6e6e_6563_7475;

impl Schema {
    /// Makes the schema and the role that the service will use, and runs the migrations that have not run yet. Several
    /// processes may call it at once.
    pub async fn migrate(self, url: &str) -> Result<(), MigrateError> {
        let service = self.service;
        let mut conn = connect(url, service).await?;
        let prepare = preparation(service);
        conn.batch_execute(&prepare).await.map_err(|source| MigrateError::Prepare { service, source })?;
        let mut harness = AsyncMigrationHarness::new(conn);
        match harness.run_pending_migrations(self.migrations) {
            Ok(_) => Ok(()),
            Err(cause) => Err(MigrateError::Migrate { service, cause: cause.to_string() }),
        }
    }

    /// Whether every migration has run. It changes nothing.
    pub async fn is_current(self, url: &str) -> Result<bool, MigrateError> {
        let service = self.service;
        let mut conn = connect(url, service).await?;
        // The harness would make its own table where there is none.
        let made = format!("to_regclass('{service}.__diesel_schema_migrations') IS NOT NULL");
        let made = diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(&made)).get_result(&mut conn).await;
        if !made.map_err(|source| MigrateError::Prepare { service, source })? {
            return Ok(false);
        }
        let mut harness = AsyncMigrationHarness::new(conn);
        match harness.has_pending_migration(self.migrations) {
            Ok(pending) => Ok(!pending),
            Err(cause) => Err(MigrateError::Migrate { service, cause: cause.to_string() }),
        }
    }
}

async fn connect(url: &str, service: &str) -> Result<AsyncPgConnection, ConnectionError> {
    let separator = if url.contains('?') { '&' } else { '?' };
    AsyncPgConnection::establish(&format!("{url}{separator}options=-c%20search_path%3D{service}")).await
}

/// Takes the lock for as long as the connection lasts, and makes the schema and role. Roles belong to the whole server:
/// another database's migration may make the same one at the same moment.
fn preparation(service: &str) -> String {
    let role = store::role(service);
    format!(
        "SELECT pg_advisory_lock({LOCK});
         DO $$ BEGIN
             IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} NOLOGIN; END IF;
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
         END $$;
         DO $$ BEGIN
             IF NOT pg_has_role(current_user, '{role}', 'MEMBER') THEN GRANT {role} TO CURRENT_USER; END IF;
         END $$;
         CREATE SCHEMA IF NOT EXISTS {service};
         GRANT USAGE ON SCHEMA {service} TO {role};
         SET search_path = {service};"
    )
}
