//! Measures the suite: what each request costs, beside what else could answer the same, and among how many rows.

// What is counted here is smaller than what such a conversion cuts off.
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]

mod commands;
mod database;
mod figures;
mod load;
mod machine;
mod meter;
mod people;
mod ratios;
mod requests;
mod results;
mod rivals;
mod rounds;
mod suite;
mod tools;

use std::process::ExitCode;

/// What goes wrong here ends the command, with a sentence.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match commands::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            eprintln!("connectus-bench: {error}{cause}");
            ExitCode::FAILURE
        }
    }
}
