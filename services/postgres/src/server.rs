//! The server: made, started, and stopped.

use std::{
    fs, io,
    os::unix::{fs::FileTypeExt, net::UnixStream},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, Uid},
};
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep},
};

use crate::{
    binaries::{Binaries, NotFound},
    place::{Owner, data_folder, socket_folder},
};

/// The database's own superuser.
const USER: &str = "connectus";
/// How long the server may take to start; after a crash it recovers first.
const START_TIMEOUT: Duration = Duration::from_mins(1);
/// How long the server may take to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// How a server is to be run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it keeps its data. Made if it is not there.
    pub data_dir: PathBuf,
    /// What becomes of the data when the machine fails.
    pub durability: Durability,
}

/// What becomes of the data when the machine fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// What was committed stays.
    Safe,
    /// It may be lost: for tests, which are faster so.
    Throwaway,
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no PostgreSQL on this machine.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// A folder cannot be made or used.
    #[error("cannot use {0} for the database: {1}")]
    Folder(PathBuf, io::Error),
    /// Another server uses the data.
    #[error("the database in {0} is in use: is ConnectUS running already?")]
    InUse(PathBuf),
    /// `initdb` failed.
    #[error("initdb cannot make a database: {0}")]
    Initdb(String),
    /// `postgres` ended, or did not answer in time; what it said is in a file.
    #[error("postgres does not start; see {0}")]
    Server(PathBuf),
}

/// A running server. It stops when this process ends, however it ends.
#[derive(Debug)]
pub struct Postgres {
    data_dir: PathBuf,
    socket_dir: PathBuf,
    process: Child,
}

impl Postgres {
    /// Starts a server, and makes its database first if there is none.
    pub async fn start(options: &Options) -> Result<Self, StartError> {
        let binaries = Binaries::find()?;
        let folder_error = |error| StartError::Folder(options.data_dir.clone(), error);
        let owner = Owner::choose().map_err(folder_error)?;
        let data_dir = data_folder(&options.data_dir, owner).map_err(folder_error)?;
        owner.make_private(&data_dir).map_err(folder_error)?;
        let socket_dir = socket_folder(&data_dir);
        owner.make_private(&socket_dir).map_err(folder_error)?;
        if is_answering(&socket_dir) {
            return Err(StartError::InUse(data_dir));
        }
        let cluster = data_dir.join("postgres");
        if !cluster.join("PG_VERSION").exists() {
            initialize(&binaries, owner, &data_dir, &cluster).await?;
        }
        let log = data_dir.join("postgres.log");
        let process = spawn(&binaries, owner, options.durability, &cluster, &socket_dir, &log)
            .map_err(|error| StartError::Folder(cluster, error))?;
        let mut server = Self { data_dir, socket_dir, process };
        server.until_answering(log).await?;
        Ok(server)
    }

    /// Where the data is. It is not where it was wanted if root could not give the database's user access to that.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The URL of a database of the server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let folder = self.socket_dir.to_string_lossy().replace('%', "%25").replace('/', "%2F").replace(' ', "%20");
        format!("postgres://{USER}@{folder}/{database}")
    }

    /// The server's process, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }

    /// Stops the server: whoever is connected is cut off, and what was committed stays.
    pub async fn stop(mut self) {
        // SIGINT asks for the fast shutdown.
        self.signal(Signal::SIGINT);
        if tokio::time::timeout(STOP_TIMEOUT, self.process.wait()).await.is_err() {
            tracing::warn!("the database does not stop, and is stopped at once");
            self.signal(Signal::SIGQUIT);
            let _: io::Result<ExitStatus> = self.process.wait().await;
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.process.id().and_then(|pid| i32::try_from(pid).ok()) {
            let _ = kill(Pid::from_raw(pid), signal);
        }
    }

    async fn until_answering(&mut self, log: PathBuf) -> Result<(), StartError> {
        let deadline = Instant::now() + START_TIMEOUT;
        while !self.data_dir.join("postgres/postmaster.pid").exists() || !self.is_ready() {
            let has_ended = !matches!(self.process.try_wait(), Ok(None));
            if has_ended || Instant::now() > deadline {
                return Err(StartError::Server(log));
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Whether the server says of itself that it takes connections.
    fn is_ready(&self) -> bool {
        let state = fs::read_to_string(self.data_dir.join("postgres/postmaster.pid")).unwrap_or_default();
        let ours = self.process.id().is_some_and(|pid| state.starts_with(&format!("{pid}\n")));
        ours && state.lines().nth(7).is_some_and(|status| status.trim() == "ready")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.signal(Signal::SIGINT);
    }
}

/// Whether a server answers on a socket; a file that a killed one left behind does not.
fn is_answering(socket_dir: &Path) -> bool {
    let socket = socket_dir.join(".s.PGSQL.5432");
    let is_socket = fs::symlink_metadata(&socket).is_ok_and(|file| file.file_type().is_socket());
    is_socket && UnixStream::connect(socket).is_ok()
}

/// Makes the database beside its place, and moves it there when it is whole, so that one that was cut short is made again.
async fn initialize(binaries: &Binaries, owner: Owner, data_dir: &Path, cluster: &Path) -> Result<(), StartError> {
    let folder_error = |error| StartError::Folder(data_dir.to_owned(), error);
    let unfinished = data_dir.join("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(folder_error)?;
    }
    owner.make_private(&unfinished).map_err(folder_error)?;
    let mut command = as_owner(Command::new(binaries.initdb()), owner, data_dir);
    command.arg("--pgdata").arg(&unfinished).args(["--username", USER, "--auth", "trust", "--encoding", "UTF8"]);
    // A collation that is the same on every machine, and fast.
    command.args(["--locale", "C.UTF-8", "--no-sync", "--no-instructions"]);
    // Whoever stops waiting for it leaves nothing behind.
    let output = command.kill_on_drop(true).output().await.map_err(|error| StartError::Initdb(error.to_string()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(StartError::Initdb(said.lines().last().unwrap_or("it said nothing").to_owned()));
    }
    fs::rename(unfinished, cluster).map_err(folder_error)
}

fn spawn(
    binaries: &Binaries,
    owner: Owner,
    durability: Durability,
    cluster: &Path,
    socket_dir: &Path,
    log: &Path,
) -> io::Result<Child> {
    let log = fs::File::options().create(true).append(true).open(log)?;
    let mut command = as_owner(dying_with_parent(&binaries.postgres()), owner, cluster);
    command.arg("-D").arg(cluster).arg("-k").arg(socket_dir);
    // Reached through the socket only, whose folder is private.
    command.args(["-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=200"]);
    if durability == Durability::Throwaway {
        command.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
    }
    // Its own process group: Ctrl-C is for this process, which stops the server when it is done with it.
    command.process_group(0).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()
}

/// A command that the system ends with this process, where it can be told so.
fn dying_with_parent(program: &Path) -> Command {
    let setpriv = Path::new("/usr/bin/setpriv");
    if !setpriv.exists() {
        return Command::new(program);
    }
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", "INT", "--"]).arg(program);
    command
}

fn as_owner(mut command: Command, owner: Owner, folder: &Path) -> Command {
    if Uid::effective().is_root() {
        command.uid(owner.uid.as_raw()).gid(owner.gid.as_raw());
    }
    command.current_dir(folder);
    command
}
