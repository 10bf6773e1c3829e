//! The role `postgres`: a private PostgreSQL alone.

use std::path::PathBuf;

use clap::Args;
use connectus_postgres::{Durability, Options, Postgres};

use crate::{
    error::StartError,
    process::Process,
    settings::{DrainSettings, LogSettings},
};

/// Where what is kept is kept.
#[derive(Args, Clone, Debug)]
pub(crate) struct DataDir {
    /// Where the private PostgreSQL, the development mailbox and the service secret are.
    #[arg(long, env = "CONNECTUS_DATA_DIR", default_value = ".connectus", value_name = "FOLDER")]
    pub(crate) data_dir: PathBuf,
}

/// The settings of the role `postgres`.
#[derive(Args)]
pub(crate) struct Settings {
    #[command(flatten)]
    data: DataDir,
    #[command(flatten)]
    log: LogSettings,
}

/// Starts a private PostgreSQL on the data folder.
pub(crate) async fn start(data: &DataDir) -> Result<Postgres, StartError> {
    let options = Options { data_dir: data.data_dir.clone(), durability: Durability::Safe };
    Ok(Postgres::start(&options).await?)
}

/// The URL of the database that everything is in.
pub(crate) fn url(postgres: &Postgres) -> String {
    postgres.url("postgres")
}

/// Runs it until a signal ends it.
pub(crate) async fn run(settings: Settings) -> Result<(), StartError> {
    settings.log.init()?;
    let mut process = Process::new(&DrainSettings::default())?;
    let Some(postgres) = process.unless_ended(start(&settings.data)).await? else { return Ok(()) };
    println!("{}", url(&postgres));
    process.until_signal().await;
    postgres.stop().await;
    Ok(())
}
