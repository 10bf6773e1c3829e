//! The same by Node.js: Fastify and pg, with a process for each processor.

use std::{fs, path::Path};

use tokio::process::Command;

use super::Rival;
use crate::{
    Outcome,
    database::Database,
    machine,
    suite::{dying_with_this, free_address},
    tools,
};

const PACKAGE: &str = include_str!("../../rivals/fastify/package.json");
const SERVER: &str = include_str!("../../rivals/fastify/server.js");

/// Installs it from npm if it is not there, and starts it.
pub(crate) async fn start(database: &Database) -> Outcome<Rival> {
    tools::require(&["node", "npm"])?;
    let folder = machine::target().join("bench/fastify");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("server.js"), SERVER)?;
    let package = folder.join("package.json");
    if fs::read_to_string(&package).ok().as_deref() != Some(PACKAGE) || !folder.join("node_modules").exists() {
        fs::write(&package, PACKAGE)?;
        let mut install = Command::new("npm");
        install.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]);
        if !install.current_dir(&folder).status().await?.success() {
            return Err("Fastify cannot be had from npm".into());
        }
    }
    let address = free_address()?;
    let mut command = dying_with_this(Path::new("node"));
    command.arg("server.js").current_dir(&folder).env("NODE_ENV", "production").env("ADDRESS", &address);
    Rival::start("Fastify", &address, command.env("DATABASE_URL", database.url())).await
}
