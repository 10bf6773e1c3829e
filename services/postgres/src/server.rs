//! The server: made, started, and stopped.

use std::{
    fs, io,
    os::unix::{fs::FileTypeExt, net::UnixStream},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use nix::{
    errno::Errno,
    fcntl::{Flock, FlockArg},
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
/// The pause before what failed because of a server that is about to end is tried again.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

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
    /// Keeps others off the data.
    _lock: Flock<fs::File>,
}

impl Postgres {
    /// Starts a server, and makes its database first if there is none. It ends with the thread that this is called on.
    pub async fn start(options: &Options) -> Result<Self, StartError> {
        let binaries = Binaries::find()?;
        let folder_error = |error| StartError::Folder(options.data_dir.clone(), error);
        let owner = Owner::choose().map_err(folder_error)?;
        let data_dir = data_folder(&options.data_dir, owner).map_err(folder_error)?;
        let lock = lock(&data_dir).map_err(folder_error)?.ok_or_else(|| StartError::InUse(data_dir.clone()))?;
        let socket_dir = socket_folder(&data_dir, owner).map_err(folder_error)?;
        let cluster = data_dir.join("postgres");
        if !cluster.join("PG_VERSION").exists() {
            initialize(&binaries, owner, &data_dir, &cluster).await?;
        }
        // One that was told to stop, or whose parent was killed, may keep the data for a moment.
        let had_server = cluster.join("postmaster.pid").exists();
        let deadline = Instant::now() + STOP_TIMEOUT;
        let log = data_dir.join("postgres.log");
        let process = loop {
            let mut process = spawn(&binaries, owner, options.durability, &cluster, &socket_dir, &log)
                .map_err(|error| StartError::Folder(cluster.clone(), error))?;
            if until_answering(&mut process, &cluster).await {
                break process;
            }
            if !had_server || Instant::now() > deadline {
                let is_other = is_answering(&socket_dir);
                return Err(if is_other { StartError::InUse(data_dir) } else { StartError::Server(log) });
            }
            sleep(RETRY_PAUSE).await;
        };
        Ok(Self { data_dir, socket_dir, process, _lock: lock })
    }

    /// Where the data is. It is not where it was wanted if root could not give the database's user access to that.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The URL of a database of the server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let folder: String = self.socket_dir.as_os_str().as_encoded_bytes().iter().copied().map(encoded).collect();
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
        // It may be one in the temporary directory, which nobody else would remove.
        let _ = fs::remove_dir(&self.socket_dir);
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.process.id().and_then(|pid| i32::try_from(pid).ok()) {
            let _ = kill(Pid::from_raw(pid), signal);
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.signal(Signal::SIGINT);
    }
}

/// A byte of a path, as a URL has it.
fn encoded(byte: u8) -> String {
    let is_plain = byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if is_plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// Takes the data for as long as the lock lasts; `None` if somebody has it.
fn lock(data_dir: &Path) -> io::Result<Option<Flock<fs::File>>> {
    let file = fs::File::create(data_dir.join("lock"))?;
    match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
        Ok(lock) => Ok(Some(lock)),
        Err((_, Errno::EWOULDBLOCK)) => Ok(None),
        Err((_, error)) => Err(error.into()),
    }
}

/// Waits until a server takes connections; false if it ended, or took too long.
async fn until_answering(process: &mut Child, cluster: &Path) -> bool {
    let deadline = Instant::now() + START_TIMEOUT;
    while !is_ready(process, cluster) {
        let has_ended = !matches!(process.try_wait(), Ok(None));
        if has_ended || Instant::now() > deadline {
            return false;
        }
        sleep(Duration::from_millis(10)).await;
    }
    true
}

/// Whether a server says of itself that it takes connections.
fn is_ready(process: &Child, cluster: &Path) -> bool {
    let state = fs::read_to_string(cluster.join("postmaster.pid")).unwrap_or_default();
    let ours = process.id().is_some_and(|pid| state.starts_with(&format!("{pid}\n")));
    ours && state.lines().nth(7).is_some_and(|status| status.trim() == "ready")
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
    remove(&unfinished).await.map_err(folder_error)?;
    owner.make_private(&unfinished).map_err(folder_error)?;
    let mut command = as_owner(dying_with_parent(&binaries.initdb()), owner, data_dir);
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

/// Removes a folder, which whoever was told to stop making it may still write to.
async fn remove(folder: &Path) -> io::Result<()> {
    let deadline = Instant::now() + STOP_TIMEOUT;
    loop {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty && Instant::now() < deadline => {
                sleep(RETRY_PAUSE).await;
            }
            outcome => return outcome,
        }
    }
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
