//! A private PostgreSQL, from the binaries of this machine: its life, its places, and its end.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod life;
mod places;
mod process;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use connectus_postgres::{Durability, Options, Postgres, StartError};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// A folder that the database's user gets through, and that ends with the test.
fn folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("connectus-postgres-").tempdir_in("/tmp").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn options(data_dir: PathBuf) -> Options {
    Options { data_dir, durability: Durability::Throwaway }
}

async fn start(data_dir: &Path) -> Result<Postgres, StartError> {
    Postgres::start(&options(data_dir.to_owned())).await
}

async fn connect(server: &Postgres) -> Client {
    let (client, connection) = tokio_postgres::connect(&server.url("postgres"), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Leaves something in the database that is found again by [`finds_mark`].
async fn leave_mark(server: &Postgres) {
    connect(server).await.batch_execute("CREATE TABLE mark AS SELECT 42 AS answer").await.unwrap();
}

async fn finds_mark(server: &Postgres) -> bool {
    let found = connect(server).await.query_one("SELECT answer FROM mark", &[]).await;
    found.is_ok_and(|row| row.get::<_, i32>(0) == 42)
}

/// Whether a process runs; one that has ended and was not yet waited for does not.
fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}
