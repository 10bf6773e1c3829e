//! The one binary of ConnectUS.

use std::process::ExitCode;

fn main() -> ExitCode {
    connectus::run()
}
