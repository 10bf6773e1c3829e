//! Why the suite does not start, or a command fails, each in one line that says what to do.

use std::{io, net::SocketAddr};

use connectus_platform::{mail::MailSettingError, migrate::MigrateError, telemetry::TelemetryError};
use diesel::ConnectionError;

use crate::{desk::CommandError, secret::SecretError};

/// Why the suite does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// A setting is missing or wrong.
    #[error("{0}")]
    Setting(String),
    /// Mail settings are wrong.
    #[error(transparent)]
    Mail(#[from] MailSettingError),
    /// Logging or metrics could not be set up.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// A port is taken, or not allowed.
    #[error("cannot listen on {address} ({setting}): {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// The setting that says so.
        setting: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The private PostgreSQL does not start.
    #[error(transparent)]
    Postgres(#[from] connectus_postgres::StartError),
    /// The service secret cannot be kept.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// An operator's command failed.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// A database does not answer, or does not let us in.
    #[error("cannot connect to the database at {server}: {source}")]
    Database {
        /// Its host, port and name.
        server: String,
        /// What the client said.
        source: ConnectionError,
    },
    /// A database cannot be migrated.
    #[error(transparent)]
    Migrate(MigrateError),
    /// A service's URL is wrong.
    #[error("{0} is not understood: {1}")]
    PeerUrl(&'static str, tonic::transport::Error),
    /// The system refused something.
    #[error("{0}: {1}")]
    System(&'static str, io::Error),
}
