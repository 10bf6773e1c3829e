//! The databases of the services.

use std::time::Duration;

use clap::Args;
use connectus_platform::{
    migrate::{MigrateError, Schema},
    store::{self, Pool, PoolOptions},
};

use crate::{error::StartError, settings::LogSettings, settings::missing};

/// How long a role waits before it looks again whether its schema is there.
const RETRY: Duration = Duration::from_millis(500);
/// After how many looks it says again what it waits for.
const REMINDER: u32 = 60;

/// Where the databases are.
#[derive(Args, Clone, Debug)]
pub(crate) struct DatabaseSettings {
    /// The PostgreSQL that all services use (postgres://user:password@host/database).
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// A database of auth's own.
    #[arg(long, env = "AUTH_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    auth_database_url: Option<String>,
    /// A database of account's own.
    #[arg(long, env = "ACCOUNT_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    account_database_url: Option<String>,
    /// A database of experience's own.
    #[arg(long, env = "EXPERIENCE_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    experience_database_url: Option<String>,
    /// A database of social's own.
    #[arg(long, env = "SOCIAL_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    social_database_url: Option<String>,
    /// A database of community's own.
    #[arg(long, env = "COMMUNITY_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    community_database_url: Option<String>,
    /// Replicas of DATABASE_URL, for reads that may be stale.
    #[arg(long, env = "DATABASE_READ_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database_read_url: Option<String>,
    /// Replicas of account's database.
    #[arg(long, env = "ACCOUNT_DATABASE_READ_URL", value_name = "URL", hide_env_values = true)]
    account_database_read_url: Option<String>,
    /// Replicas of experience's database.
    #[arg(long, env = "EXPERIENCE_DATABASE_READ_URL", value_name = "URL", hide_env_values = true)]
    experience_database_read_url: Option<String>,
    /// Replicas of social's database.
    #[arg(long, env = "SOCIAL_DATABASE_READ_URL", value_name = "URL", hide_env_values = true)]
    social_database_read_url: Option<String>,
    /// Replicas of community's database.
    #[arg(long, env = "COMMUNITY_DATABASE_READ_URL", value_name = "URL", hide_env_values = true)]
    community_database_read_url: Option<String>,
    /// How many connections each service opens at most.
    #[arg(long, env = "CONNECTUS_DATABASE_CONNECTIONS", default_value = "16", value_name = "NUMBER",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    database_connections: u16,
}

impl DatabaseSettings {
    /// What each service has of its own.
    fn own_urls(&self) -> [(&'static str, Option<&String>); 5] {
        [
            ("auth", self.auth_database_url.as_ref()),
            ("account", self.account_database_url.as_ref()),
            ("experience", self.experience_database_url.as_ref()),
            ("social", self.social_database_url.as_ref()),
            ("community", self.community_database_url.as_ref()),
        ]
    }

    /// The replicas of what each service has of its own. Nothing that auth reads may be stale.
    fn own_read_urls(&self) -> [(&'static str, Option<&String>); 4] {
        [
            ("account", self.account_database_read_url.as_ref()),
            ("experience", self.experience_database_read_url.as_ref()),
            ("social", self.social_database_read_url.as_ref()),
            ("community", self.community_database_read_url.as_ref()),
        ]
    }

    /// Whether some service has no database.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.database_url.is_none() && self.own_urls().iter().any(|(_, url)| url.is_none())
    }

    fn url(&self, service: &'static str) -> Result<String, StartError> {
        let url = own(&self.own_urls(), service).or(self.database_url.as_ref());
        checked(service, "DATABASE_URL", url.ok_or_else(|| missing("DATABASE_URL"))?)
    }

    /// The replicas of a service's database. Those that are for all are not those of one that a service has to itself.
    fn read_url(&self, service: &'static str) -> Result<Option<String>, StartError> {
        let is_shared = service != "auth" && own(&self.own_urls(), service).is_none();
        let shared = self.database_read_url.as_ref().filter(|_| is_shared);
        let url = own(&self.own_read_urls(), service).or(shared);
        url.map(|url| checked(service, "DATABASE_READ_URL", url)).transpose()
    }

    /// A service's connections.
    pub(crate) fn pool(&self, service: &'static str) -> Result<Pool, StartError> {
        let (url, read_url) = (self.url(service)?, self.read_url(service)?);
        Ok(store::pool(&PoolOptions { url, read_url, service, size: self.database_connections.into() }))
    }

    /// Brings the schemas of all services up to date.
    pub(crate) async fn migrate(&self) -> Result<(), StartError> {
        for schema in crate::schemas() {
            let url = self.url(schema.service)?;
            schema.migrate(&url).await.map_err(|error| failure(error, &url))?;
        }
        Ok(())
    }

    /// Waits until a schema is up to date, and says what it waits for: each time that this is something else, and once in a while.
    pub(crate) async fn until_current(&self, schema: fn() -> Schema) -> Result<(), StartError> {
        let service = schema().service;
        let url = self.url(service)?;
        let mut said = String::new();
        for tries in 0_u32.. {
            let cause = match schema().is_current(&url).await {
                Ok(true) => break,
                Ok(false) => format!("the schema of {service} is not up to date: run `connectus migrate`"),
                Err(error) => failure(error, &url).to_string(),
            };
            if cause != said || tries.is_multiple_of(REMINDER) {
                tracing::warn!("waiting: {cause}");
                said = cause;
            }
            tokio::time::sleep(RETRY).await;
        }
        Ok(())
    }
}

/// What a service has of its own.
fn own<'a>(urls: &[(&'static str, Option<&'a String>)], service: &str) -> Option<&'a String> {
    urls.iter().find(|(name, _)| *name == service).and_then(|(_, url)| *url)
}

fn checked(service: &str, setting: &str, url: &str) -> Result<String, StartError> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(StartError::Setting(format!(
            "the database of {service} ({setting}) must be a URL that begins with postgres://"
        )));
    }
    Ok(url.to_owned())
}

/// A failure, with the server that does not let us in.
fn failure(error: MigrateError, url: &str) -> StartError {
    match error {
        MigrateError::Connect(source) => StartError::Database { server: server(url).to_owned(), source },
        error => StartError::Migrate(error),
    }
}

/// The host, the port and the database of a URL, without who connects and with which password.
fn server(url: &str) -> &str {
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    let url = url.rsplit_once('@').map_or(url, |(_, rest)| rest);
    url.split('?').next().unwrap_or_default()
}

/// The settings of the role `migrate`.
#[derive(Args)]
pub(crate) struct MigrateSettings {
    #[command(flatten)]
    log: LogSettings,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Makes or updates the schemas.
pub(crate) async fn migrate(settings: MigrateSettings) -> Result<(), StartError> {
    settings.log.init()?;
    settings.database.migrate().await
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use clap::{Command, FromArgMatches};

    use super::*;

    #[test]
    fn a_service_reads_from_replicas_of_its_own_database_only() {
        let of_all = ["--database-url=postgres://a", "--database-read-url=postgres://ar"];
        let own = ["--social-database-url=postgres://s", "--community-database-url=postgres://c"];
        let own_replica = ["--community-database-read-url=postgres://cr"];
        let arguments = ["test"].into_iter().chain(of_all).chain(own).chain(own_replica);
        let matches = DatabaseSettings::augment_args(Command::new("test")).get_matches_from(arguments);
        let settings = DatabaseSettings::from_arg_matches(&matches).unwrap();
        for (service, expected) in [
            ("auth", None),
            ("account", Some("postgres://ar")),
            ("experience", Some("postgres://ar")),
            ("social", None),
            ("community", Some("postgres://cr")),
        ] {
            assert_eq!(settings.read_url(service).unwrap().as_deref(), expected, "{service}");
        }
    }
}
