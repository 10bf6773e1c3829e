//! The process: its runtime, its signals, and its orderly end.

use std::time::Duration;

use axum::Router;
use connectus_platform::{serve::serve, telemetry::traces};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{error::StartError, settings::DrainSettings};

/// How long workers may take to finish what is under way.
const WORKERS_TIMEOUT: Duration = Duration::from_secs(10);

/// Runs a role to its end.
pub(crate) fn run(role: impl Future<Output = Result<(), StartError>>) -> Result<(), StartError> {
    allow_many_files();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| StartError::System("cannot start threads", error))?;
    let ended = runtime.block_on(role);
    // What still runs in the background is not worth waiting for.
    runtime.shutdown_background();
    ended
}

/// Allows as many open files, which connections are too, as the system does: many systems set out with 1024.
fn allow_many_files() {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        // Where this is refused, what was allowed before must do.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}

/// What runs in this process, and how to end it.
pub(crate) struct Process {
    terminate: Signal,
    interrupt: Signal,
    drain_wait: Duration,
    /// Tells whoever asks that this process is about to end.
    pub(crate) leaving: CancellationToken,
    /// Ends the servers: no new call is taken, those under way finish.
    pub(crate) servers_end: CancellationToken,
    servers: TaskTracker,
    /// Ends the workers, after the servers.
    pub(crate) workers_end: CancellationToken,
    /// The workers.
    pub(crate) workers: TaskTracker,
}

impl Process {
    /// Listens to signals from now on.
    pub(crate) fn new(drain: &DrainSettings) -> Result<Self, StartError> {
        let listen = |kind| signal(kind).map_err(|error| StartError::System("cannot wait for signals", error));
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            drain_wait: drain.wait(),
            leaving: CancellationToken::new(),
            servers_end: CancellationToken::new(),
            servers: TaskTracker::new(),
            workers_end: CancellationToken::new(),
            workers: TaskTracker::new(),
        })
    }

    /// Does what has to be done before anything is served, unless a signal ends the process first.
    pub(crate) async fn unless_ended<T>(
        &mut self,
        start: impl Future<Output = Result<T, StartError>>,
    ) -> Result<Option<T>, StartError> {
        tokio::select! {
            started = start => started.map(Some),
            () = self.signalled() => Ok(None),
        }
    }

    /// Waits for SIGTERM or Ctrl-C.
    async fn signalled(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Serves a router in the background.
    pub(crate) fn serve(&self, listener: TcpListener, router: Router) {
        self.servers.spawn(serve(listener, router, self.servers_end.clone()));
    }

    /// Waits for SIGTERM or Ctrl-C, says that it is about to end, and a while later ends the servers, and after them the workers.
    pub(crate) async fn until_signal(mut self) {
        self.signalled().await;
        tracing::info!("stopping");
        self.leaving.cancel();
        // Who says it twice means at once.
        let _ = tokio::time::timeout(self.drain_wait, self.signalled()).await;
        self.servers_end.cancel();
        self.servers.close();
        self.servers.wait().await;
        self.workers_end.cancel();
        self.workers.close();
        if tokio::time::timeout(WORKERS_TIMEOUT, self.workers.wait()).await.is_err() {
            tracing::warn!("leaving workers that did not finish in time; another will take their messages up");
        }
        traces::flush().await;
    }
}
