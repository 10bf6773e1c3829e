//! How the suite starts, what it says, and how it stops.

mod alone;
mod ending;
mod refusals;
mod roles;
mod words;

use std::{net::SocketAddr, path::Path, process::ExitStatus, time::Duration};

use connectus_testkit::Api;
use nix::sys::signal::Signal;
use tokio::process::{Child, Command};

use crate::{
    process::{connectus, free_address, run, signal},
    topology::until_ready,
};

/// How long a process may take to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// The whole suite as a newcomer starts it: on nothing but a folder.
struct Alone {
    process: Child,
    api: Api,
    grpc: SocketAddr,
}

impl Alone {
    /// Starts it in a folder, and waits until it is ready.
    async fn start(folder: &Path) -> Self {
        let (gateway, grpc) = (free_address(), free_address());
        let process = run(&mut command(folder, gateway, grpc));
        let api = Api::new(format!("http://{gateway}"));
        until_ready(&api).await;
        Self { process, api, grpc }
    }

    /// Asks it to end, and waits until it has.
    async fn end(mut self, with: Signal) -> ExitStatus {
        signal(&self.process, with);
        ended(&mut self.process).await
    }
}

/// The whole suite in a folder, with addresses of its own.
fn command(folder: &Path, gateway: SocketAddr, grpc: SocketAddr) -> Command {
    let mut command = connectus("all");
    command.current_dir(folder);
    command.env("CONNECTUS_LISTEN", gateway.to_string()).env("CONNECTUS_GRPC_LISTEN", grpc.to_string());
    command
}

async fn ended(process: &mut Child) -> ExitStatus {
    tokio::time::timeout(PATIENCE, process.wait()).await.expect("it ends").unwrap()
}

/// A folder that the database's user can reach, whoever runs the tests.
fn folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}
