//! A private PostgreSQL for all tests of a process, and a database for each of them.

use std::{
    env, fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{ChildStdin, Command, Stdio},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
};

use connectus_postgres::{Binaries, Durability, Options, Postgres};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::runtime::{Builder, Handle};
use tokio_postgres::{Client, NoTls, types::FromSqlOwned};

/// The database that all others are copies of: every schema, and no row.
const TEMPLATE: &str = "connectus_template";

/// Numbers what must have a name of its own in this process.
static COUNTER: AtomicU32 = AtomicU32::new(0);

static SHARED: LazyLock<Shared> = LazyLock::new(Shared::start);

/// The server that the tests of this process share, on a thread that lives as long as the process: the server ends with
/// the thread that started it.
struct Shared {
    url: String,
    runtime: Handle,
}

impl Shared {
    fn start() -> Self {
        let (started, when_started) = mpsc::channel();
        thread::spawn(move || {
            let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
            runtime.block_on(async {
                let server = Server::start().await;
                started.send(Self { url: server.url("postgres"), runtime: Handle::current() }).unwrap();
                std::future::pending::<()>().await;
            });
        });
        when_started.recv().expect("a PostgreSQL for the tests starts")
    }
}

/// A PostgreSQL of its own, for a test that stops it.
pub struct Server {
    data_dir: PathBuf,
    postgres: Option<Postgres>,
    /// Its processes, while they are frozen.
    frozen: Vec<Pid>,
    /// Closed when this value ends, or the process does.
    _end: Option<ChildStdin>,
}

impl Server {
    /// Starts one, with the template that databases are made from.
    pub async fn start() -> Self {
        let mut server = Self::new();
        server.resume().await;
        connect(&server.url("postgres")).await.batch_execute(&format!("CREATE DATABASE {TEMPLATE}")).await.unwrap();
        for schema in connectus::schemas() {
            let url = server.url(TEMPLATE);
            // Migrations block their thread, which only some runtimes allow.
            let migrated = thread::spawn(move || {
                Builder::new_multi_thread().enable_all().build().unwrap().block_on(schema.migrate(&url))
            });
            migrated.join().unwrap().unwrap();
        }
        server
    }

    fn new() -> Self {
        sweep();
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let data_dir = env::temp_dir().join(format!("{PREFIX}{}-{number}", std::process::id()));
        fs::create_dir_all(&data_dir).unwrap();
        // The database's user must get through.
        fs::set_permissions(&data_dir, fs::Permissions::from_mode(0o711)).unwrap();
        let end = remove_in_the_end(&data_dir);
        Self { data_dir, postgres: None, frozen: Vec::new(), _end: end }
    }

    /// Starts another one that follows it.
    pub async fn replica(&self) -> Self {
        let mut replica = Self::new();
        let (copied, copy) = (self.data_dir.join("data/postgres"), replica.data_dir.join("data/postgres"));
        let owner = fs::metadata(&copied).unwrap();
        fs::create_dir_all(&copy).unwrap();
        for folder in [copy.parent().unwrap(), &copy] {
            std::os::unix::fs::chown(folder, Some(owner.uid()), Some(owner.gid())).unwrap();
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
        }
        let mut command = tokio::process::Command::new(Binaries::find().unwrap().pg_basebackup());
        command.args(["--checkpoint=fast", "--no-sync", "--write-recovery-conf", "--pgdata"]).arg(&copy);
        command.arg("--dbname").arg(self.url("postgres")).current_dir(&copy).uid(owner.uid()).gid(owner.gid());
        let copied = command.output().await.unwrap();
        assert!(copied.status.success(), "{}", String::from_utf8_lossy(&copied.stderr));
        replica.resume().await;
        replica
    }

    /// The URL of its copy of a database.
    pub fn url_of(&self, database: &Database) -> String {
        self.url(&database.end.name)
    }

    /// A connection to it, for a user who may do anything.
    pub async fn connect(&self) -> Client {
        connect(&self.url("postgres")).await
    }

    /// Makes a database.
    pub async fn database(&self) -> Database {
        Database::on(&self.url("postgres"), TEMPLATE).await
    }

    /// Stops it, as an operator would: whoever is connected is cut off.
    pub async fn stop(&mut self) {
        if let Some(postgres) = self.postgres.take() {
            postgres.stop().await;
        }
    }

    /// Kills it: nothing is written any more, and it recovers when it is resumed.
    pub async fn kill(&mut self) {
        if let Some(pid) = self.postmaster() {
            kill(pid, Signal::SIGKILL).unwrap();
        }
        self.stop().await;
    }

    /// Lets all of its processes stand still, whatever they do now, until it is thawed.
    pub async fn freeze(&mut self) {
        let client = connect(&self.url("postgres")).await;
        let postmaster = self.postmaster().expect("the server runs");
        kill(postmaster, Signal::SIGSTOP).unwrap();
        self.frozen.push(postmaster);
        // It makes no more of them now.
        for row in client.query("SELECT pid FROM pg_stat_activity", &[]).await.unwrap() {
            let pid = Pid::from_raw(row.get(0));
            // One may have ended meanwhile.
            if kill(pid, Signal::SIGSTOP).is_ok() {
                self.frozen.push(pid);
            }
        }
    }

    /// Lets it go on.
    pub fn thaw(&mut self) {
        for pid in self.frozen.drain(..) {
            let _ = kill(pid, Signal::SIGCONT);
        }
    }

    fn postmaster(&self) -> Option<Pid> {
        self.pid().map(|pid| Pid::from_raw(pid.cast_signed()))
    }

    /// Starts it again, with what it had.
    pub async fn resume(&mut self) {
        let options = Options { data_dir: self.data_dir.join("data"), durability: Durability::Throwaway };
        self.postgres = Some(Postgres::start(&options).await.unwrap());
    }

    /// What it has written to its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.data_dir.join("data/postgres.log")).unwrap()
    }

    /// Its process, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.postgres.as_ref()?.pid()
    }

    fn url(&self, database: &str) -> String {
        self.postgres.as_ref().expect("the server runs").url(database)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Or it would not notice that it is to end.
        self.thaw();
    }
}

/// How the folders of all servers begin.
const PREFIX: &str = "connectus-test-";

/// Waits for its input to be closed, then for the server to stop, and removes the folder.
const REMOVE: &str = "read -r _; pid=$1/data/postgres/postmaster.pid; n=0; \
    while [ -e \"$pid\" ] && [ $((n += 1)) -le 100 ]; do kill -INT \"$(head -n 1 \"$pid\")\"; sleep 0.1; done; \
    rm -rf \"$1\"";

/// Lets another process remove a folder when the handle is closed, as the end of this one does too, however it ends.
fn remove_in_the_end(folder: &Path) -> Option<ChildStdin> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", REMOVE, "sh"]).arg(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl-C is not for it.
    command.process_group(0).spawn().ok()?.stdin
}

/// Removes what is left of processes that have ended, where nothing else did.
fn sweep() {
    for entry in fs::read_dir(env::temp_dir()).unwrap().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next()?.parse().ok());
        if pid.is_some_and(|pid| kill(Pid::from_raw(pid), None).is_err()) {
            remove(&entry.path());
        }
    }
}

/// Another process may sweep at the same time.
fn remove(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
}

/// A database with every schema and no row, dropped with the last value that shares it.
pub struct Database {
    url: String,
    client: Client,
    end: Arc<End>,
}

/// Drops a database.
struct End {
    name: String,
    server_url: String,
}

impl Database {
    /// Makes one on the server that all tests share.
    pub async fn new() -> Self {
        Self::on(&SHARED.url, TEMPLATE).await
    }

    /// Makes one in which there is nothing yet.
    pub async fn empty() -> Self {
        Self::on(&SHARED.url, "template0").await
    }

    async fn on(server_url: &str, template: &str) -> Self {
        let name = format!("test_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
        connect(server_url).await.batch_execute(&create).await.unwrap();
        let url = server_url.replacen("/postgres", &format!("/{name}"), 1);
        let client = connect(&url).await;
        Self { url, client, end: Arc::new(End { name, server_url: server_url.to_owned() }) }
    }

    /// The same database again, for a second replica.
    pub async fn share(&self) -> Self {
        Self { url: self.url.clone(), client: self.connect().await, end: self.end.clone() }
    }

    /// Its `postgres://` URL, for a user who may do anything.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs statements, as a user who may do anything.
    pub async fn execute(&self, sql: &str) {
        self.client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// The one value that a query answers.
    pub async fn value<T: FromSqlOwned>(&self, sql: &str) -> T {
        self.client.query_one(sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error:?}")).get(0)
    }

    /// A connection of its own, for a transaction that stays open.
    pub async fn connect(&self) -> Client {
        connect(&self.url).await
    }

    /// All that it has, as `pg_dump` writes it down.
    pub async fn dump(&self) -> String {
        let pg_dump = Binaries::find().unwrap().pg_dump();
        let dump = tokio::process::Command::new(&pg_dump).arg("--dbname").arg(&self.url).output().await;
        let dump = dump.unwrap_or_else(|error| panic!("{}: {error}", pg_dump.display()));
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        String::from_utf8(dump.stdout).unwrap()
    }

    /// Cuts off every connection but the one of this value.
    pub async fn cut_off(&self) {
        self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
    }
}

impl Drop for End {
    fn drop(&mut self) {
        // On a server of its own it ends with that.
        if self.server_url == SHARED.url {
            let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
            SHARED.runtime.spawn(async move { connect(&SHARED.url).await.batch_execute(&drop).await });
        }
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
