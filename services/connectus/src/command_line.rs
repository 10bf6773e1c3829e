//! Reads the command line and the environment.

use clap::{
    Arg, Command, CommandFactory, Error, Parser,
    error::{ContextKind, ContextValue},
};

use crate::{Cli, error::StartError};

/// Reads the settings. Help and version are printed, and end the process.
pub(crate) fn parse() -> Result<Cli, StartError> {
    match Cli::try_parse() {
        Ok(cli) => Ok(cli),
        Err(error) if error.use_stderr() => Err(StartError::Setting(one_line(&error))),
        Err(help) => help.exit(),
    }
}

/// What is wrong, in one line that names the environment variable too: most settings come from there.
fn one_line(error: &Error) -> String {
    let text = error.to_string();
    let text = text.split("\n\n").next().unwrap_or_default();
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut command = Cli::command();
    command.build();
    let variables: Vec<String> = arguments(error).filter_map(|name| variable(&command, &name)).collect();
    if variables.is_empty() { line } else { format!("{line} ({})", variables.join(", ")) }
}

/// The options that are wrong or missing, as clap writes them.
fn arguments(error: &Error) -> impl Iterator<Item = String> {
    let names = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(name)) => vec![name.clone()],
        Some(ContextValue::Strings(names)) => names.clone(),
        _ => Vec::new(),
    };
    names.into_iter()
}

/// The environment variable of an option, of whichever role.
fn variable(command: &Command, name: &str) -> Option<String> {
    let own = command.get_arguments().find(|argument| argument.to_string() == name).and_then(Arg::get_env);
    let own = own.map(|variable| variable.to_string_lossy().into_owned());
    own.or_else(|| command.get_subcommands().find_map(|role| variable(role, name)))
}
