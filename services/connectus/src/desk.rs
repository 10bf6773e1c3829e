//! What all operators' commands have at hand: the services, who does it, and how to print.

mod error;
pub(crate) mod output;
mod patience;
pub(crate) mod report;
pub(crate) mod services;

pub(crate) use error::{CallError, CommandError};
pub(crate) use patience::Patience;

use std::env;

use clap::Args;

use output::Output;
use services::{Services, ServicesSettings};

/// The settings that all operators' commands have.
#[derive(Args)]
#[group(id = "desk-settings")]
pub(crate) struct Settings {
    #[command(flatten)]
    services: ServicesSettings,
    /// Prints one JSON object a line, for scripts.
    #[arg(long, global = true)]
    json: bool,
}

impl Settings {
    /// Puts everything at hand, for an operator who may have said who they are.
    pub(crate) fn open(&self, operator: Option<String>) -> Result<Desk, CommandError> {
        Ok(Desk { services: self.services.connect()?, output: Output { json: self.json }, operator })
    }
}

/// What every command has at hand.
pub(crate) struct Desk {
    pub(crate) services: Services,
    pub(crate) output: Output,
    operator: Option<String>,
}

impl Desk {
    /// Who does it.
    pub(crate) fn operator(&self) -> Result<String, CommandError> {
        let of_environment = |name| env::var(name).ok();
        let named = self.operator.clone().or_else(|| of_environment("USER")).or_else(|| of_environment("LOGNAME"));
        named.filter(|name| !name.trim().is_empty()).ok_or(CommandError::NoOperator)
    }
}
