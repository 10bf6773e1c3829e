//! Operators' commands, against a suite that runs.

mod accounts;
mod communities;
mod dead_mails;
mod documents;
mod import;
mod interruptions;
mod refusals;
mod secret;
mod security;

use std::{net::SocketAddr, path::Path, process::Output};

use connectus_testkit::{Api, Database, MailServer};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{
    process::{connectus, free_address, run},
    topology::until_ready,
};

/// Who operates.
const OPERATOR: &str = "olga";

/// The role `all` on a database and a mail server, with a data folder of its own, and an operator beside it.
struct Office {
    api: Api,
    mail: MailServer,
    database: Database,
    folder: TempDir,
    grpc: SocketAddr,
    _suite: Child,
}

impl Office {
    /// Starts the suite, and waits until it is ready.
    async fn open() -> Self {
        Self::open_at(tempfile::tempdir().unwrap(), free_address()).await
    }

    /// The same in this folder, with its services at this address.
    async fn open_at(folder: TempDir, grpc: SocketAddr) -> Self {
        let (database, mail, gateway) = (Database::new().await, MailServer::start().await, free_address());
        let mut all = connectus("all");
        all.current_dir(&folder).env("DATABASE_URL", database.url()).env("SMTP_URL", mail.url());
        all.env("CONNECTUS_DATABASE_CONNECTIONS", "5");
        all.env("CONNECTUS_LISTEN", gateway.to_string()).env("CONNECTUS_GRPC_LISTEN", grpc.to_string());
        let (suite, api) = (run(&mut all), Api::new(format!("http://{gateway}")));
        until_ready(&api).await;
        Self { api, mail, database, folder, grpc, _suite: suite }
    }

    /// A command that is not run yet.
    fn command(&self, arguments: &[&str]) -> Command {
        command(self.folder.path(), self.grpc, arguments)
    }

    /// Runs a command that must go well, and returns what it prints.
    async fn admin(&self, arguments: &[&str]) -> String {
        printed(self.command(arguments)).await
    }

    /// The same for scripts.
    async fn records(&self, arguments: &[&str]) -> Vec<Value> {
        let mut command = self.command(arguments);
        command.arg("--json");
        printed(command).await.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Runs a command that must be refused, and returns why, which is one line.
    async fn refusal(&self, arguments: &[&str]) -> String {
        refusal(self.command(arguments)).await
    }
}

/// A command of an operator in a folder, to the services at an address.
fn command(folder: &Path, grpc: SocketAddr, arguments: &[&str]) -> Command {
    let mut command = connectus("admin");
    command.current_dir(folder).args(arguments).env("USER", OPERATOR);
    for service in ["AUTH", "ACCOUNT", "EXPERIENCE", "SOCIAL", "COMMUNITY"] {
        command.env(format!("CONNECTUS_{service}_URL"), format!("http://{grpc}"));
    }
    command
}

async fn printed(mut command: Command) -> String {
    let output = command.output().await.unwrap();
    let (out, err) = said(&output);
    assert!(output.status.success() && err.is_empty(), "{out}\n{err}");
    out
}

async fn refusal(mut command: Command) -> String {
    let output = command.output().await.unwrap();
    let (out, err) = said(&output);
    assert_eq!(output.status.code(), Some(1), "{out}\n{err}");
    assert_eq!(err.lines().count(), 1, "{err}");
    // One sentence, and nothing as programmers write it.
    assert!(err.starts_with("connectus: ") && !err.contains('{') && !err.contains("Status"), "{err}");
    err
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}
