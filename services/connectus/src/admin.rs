//! What operators do with a running suite, over the services' admin rpcs.

mod accounts;
mod dead_mails;
mod import;
mod security;

use clap::{Args, Subcommand};

use crate::desk::{self, CommandError};

/// The settings of the operators' commands.
#[derive(Args)]
pub(crate) struct Settings {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    desk: desk::Settings,
    /// Who does it, which is written down [default: $USER, or else $LOGNAME]
    #[arg(long, global = true, value_name = "NAME")]
    operator: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Writes down that an organization is who it says it is.
    VerifyOrganization(accounts::Verify),
    /// Locks an account: every session ends, and nobody can log in.
    Lock(accounts::Lock),
    /// Unlocks an account.
    Unlock(accounts::Unlock),
    /// Leaves a note about an account.
    Note(accounts::Note),
    /// Lists the notes about an account, newest first.
    Notes(accounts::Notes),
    /// Lists what happened to the security of an account, or of all, newest first.
    SecurityEvents(security::Events),
    /// Makes a new signing key, which takes over without logging anybody out.
    RotateKeys,
    /// Lists mails and messages that could not be delivered, or tries them again.
    DeadMails(dead_mails::Settings),
    /// Imports accounts from the former system, from a file of mongoexport.
    Import(import::Settings),
}

/// Does what an operator asks for.
pub(crate) async fn run(settings: Settings) -> Result<(), CommandError> {
    let desk = settings.desk.open(settings.operator)?;
    match settings.command {
        Command::VerifyOrganization(command) => command.run(&desk).await,
        Command::Lock(command) => command.run(&desk).await,
        Command::Unlock(command) => command.run(&desk).await,
        Command::Note(command) => command.run(&desk).await,
        Command::Notes(command) => command.run(&desk).await,
        Command::SecurityEvents(command) => command.run(&desk).await,
        Command::RotateKeys => security::rotate_keys(&desk).await,
        Command::DeadMails(settings) => settings.run(&desk).await,
        Command::Import(settings) => settings.run(&desk).await,
    }
}
