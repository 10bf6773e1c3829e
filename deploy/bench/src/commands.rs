//! The commands, and what they can be told.

mod grow;
mod paths;
mod profile;
mod report;
mod smoke;

use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use tokio::runtime::Builder;

use crate::{Outcome, rivals, rounds::Plan};

/// Measures the suite.
#[derive(Parser)]
#[command(name = "connectus-bench")]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// All of what follows but the last: the whole report.
    All(Measuring),
    /// What a request costs each role, and what that takes for many; writes the table in deploy/README.md.
    Grow(Measuring),
    /// Each path beside what else could answer it.
    Paths(Measuring),
    /// Where the time of a processor goes while accounts are read in role `all`.
    Profile(Measuring),
    /// Writes REPORT.md and its plots, of what was measured last.
    Report,
    /// Whether a ratio has fallen by more than a third; takes less than two minutes.
    Smoke {
        /// Keeps the ratios instead, for the next time.
        #[arg(long)]
        keep: bool,
    },
    /// Is one of those that the suite is compared with.
    #[command(hide = true)]
    Rival {
        /// Which one.
        name: String,
        /// Where it listens.
        address: String,
        /// The URL of its database.
        database: String,
    },
}

/// How it is measured.
#[derive(Args, Clone, Debug)]
pub(crate) struct Measuring {
    /// Among how many accounts, separated by commas.
    #[arg(long, default_value = "10000,1000000", value_delimiter = ',', value_name = "NUMBERS")]
    rows: Vec<u64>,
    /// How many seconds each time.
    #[arg(long, default_value = "10", value_name = "SECONDS")]
    seconds: u64,
    /// How many seconds before it, which are not counted.
    #[arg(long, default_value = "2", value_name = "SECONDS")]
    warm_up: u64,
    /// How often.
    #[arg(long, default_value = "3", value_name = "NUMBER")]
    rounds: usize,
    /// How many connections ask at once.
    #[arg(long, default_value = "16", value_name = "NUMBER")]
    connections: u32,
    /// Only what has this in its name; what was measured of the others before is kept.
    #[arg(long, default_value = "", value_name = "TEXT")]
    only: String,
}

impl Measuring {
    fn plan(&self) -> Plan {
        Plan {
            time: Duration::from_secs(self.seconds),
            warm_up: Duration::from_secs(self.warm_up),
            rounds: self.rounds,
            connections: self.connections,
        }
    }
}

pub(crate) fn run() -> Outcome<()> {
    let command = CommandLine::parse().command;
    let mut runtime = match command {
        Command::Rival { .. } => Builder::new_multi_thread(),
        // PostgreSQL ends with the thread that started it, which is this one.
        _ => Builder::new_current_thread(),
    };
    runtime.enable_all().build()?.block_on(async {
        match command {
            Command::All(measuring) => {
                paths::run(&measuring).await?;
                grow::run(&measuring).await?;
                profile::run(&measuring).await?;
                report::run()
            }
            Command::Grow(measuring) => grow::run(&measuring).await,
            Command::Paths(measuring) => paths::run(&measuring).await,
            Command::Profile(measuring) => profile::run(&measuring).await,
            Command::Report => report::run(),
            Command::Smoke { keep } => smoke::run(keep).await,
            Command::Rival { name, address, database } => match name.as_str() {
                "axum" => rivals::axum::run(&address, &database).await,
                _ => rivals::hello::run(&address).await,
            },
        }
    })
}
