//! The one program of ConnectUS: the whole suite, or one role of it.

mod admin;
mod all;
mod command_line;
mod community;
mod database;
mod desk;
mod distributed;
mod error;
mod postgres;
mod process;
mod secret;
mod settings;
pub mod suite;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use connectus_platform::migrate::Schema;

use error::StartError;

/// ConnectUS, the back end of a volunteering network.
///
/// Without a role it runs the whole suite, on a PostgreSQL of its own when there is no DATABASE_URL.
#[derive(Parser)]
#[command(name = "connectus", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    role: Option<Role>,
    #[command(flatten)]
    all: all::Settings,
}

#[derive(Subcommand)]
enum Role {
    /// The whole suite in one process (the default).
    All(Box<all::Settings>),
    /// The gateway: REST, gRPC and grpc-web for everybody outside.
    Gateway(distributed::GatewaySettings),
    /// The auth service: credentials and tokens.
    Auth(distributed::AuthSettings),
    /// The account service: accounts, profiles, settings, connections, search.
    Account(distributed::AccountSettings),
    /// The experience service: experiences and their confirmation, opportunities.
    Experience(distributed::ExperienceSettings),
    /// The social service: posts and notifications.
    Social(distributed::SocialSettings),
    /// The community service: members, activities and segments of communities, the Community API. With a command: what operators
    /// do with communities.
    Community(Box<community::Settings>),
    /// Makes or updates the schemas of all services, and exits.
    Migrate(database::MigrateSettings),
    /// A private PostgreSQL alone, for other roles on this machine; prints its URL.
    Postgres(postgres::Settings),
    /// What operators do with a running suite.
    Admin(Box<admin::Settings>),
}

/// The schemas of all services.
#[must_use]
pub fn schemas() -> [Schema; 5] {
    [
        connectus_auth::schema(),
        connectus_account::schema(),
        connectus_experience::schema(),
        connectus_social::schema(),
        connectus_community::schema(),
    ]
}

/// Runs the role that the command line asks for, to its end.
#[must_use]
pub fn run() -> ExitCode {
    match command_line::parse().and_then(|cli| process::run(cli.role().start())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("connectus: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Cli {
    fn role(self) -> Role {
        self.role.unwrap_or_else(|| Role::All(Box::new(self.all)))
    }
}

impl Role {
    async fn start(self) -> Result<(), StartError> {
        match self {
            Self::All(settings) => all::run(*settings).await,
            Self::Gateway(settings) => distributed::gateway(settings).await,
            Self::Auth(settings) => distributed::auth(settings).await,
            Self::Account(settings) => distributed::account(settings).await,
            Self::Experience(settings) => distributed::experience(settings).await,
            Self::Social(settings) => distributed::social(settings).await,
            Self::Community(settings) => community::run(*settings).await,
            Self::Migrate(settings) => database::migrate(settings).await,
            Self::Postgres(settings) => postgres::run(settings).await,
            Self::Admin(settings) => Ok(admin::run(*settings).await?),
        }
    }
}
