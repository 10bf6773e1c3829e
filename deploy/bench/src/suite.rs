//! The suite that is measured: the release binary, as one process or as one for each role.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::process::{Child, Command};

use crate::{
    Outcome,
    database::Database,
    machine,
    meter::{POSTGRES, Processes},
};

const SECRET: &str = "what the processes of a benchmark know each other by";
const SERVICES: [&str; 5] = ["auth", "account", "experience", "social", "community"];
/// How long it may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// How the suite is spread over processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topology {
    /// One process.
    Together,
    /// One for each role, which call each other over TCP.
    Apart,
}

/// A running suite. It ends with this value.
pub(crate) struct Suite {
    roles: Vec<(&'static str, Child)>,
    /// Where REST is.
    pub(crate) url: String,
    /// Where account's gRPC is.
    pub(crate) account: String,
    /// How long it took until it was ready.
    pub(crate) start_up: Duration,
}

/// Builds the binary as it is shipped.
pub(crate) async fn build() -> Outcome<()> {
    cargo(&["build"], &[]).await
}

/// Builds the same with the names of its functions.
pub(crate) async fn build_with_names() -> Outcome<()> {
    cargo(&["rustc", "--bin", "connectus"], &["--", "-C", "strip=none"]).await
}

async fn cargo(what: &[&str], rest: &[&str]) -> Outcome<()> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(what).args(["--release", "--locked", "--quiet", "--package", "connectus"]).args(rest);
    // What cargo says of this package to what it runs would have other packages built anew.
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|own| name.to_string_lossy().starts_with(own)) {
            command.env_remove(name);
        }
    }
    if command.current_dir(machine::root()).status().await?.success() {
        Ok(())
    } else {
        Err("the suite does not build".into())
    }
}

pub(crate) fn binary() -> PathBuf {
    machine::target().join("release/connectus")
}

/// Makes the schemas, or brings them up to date.
pub(crate) async fn migrate(database: &Database) -> Outcome<()> {
    let status = role("migrate").env("DATABASE_URL", database.url()).status().await?;
    if status.success() { Ok(()) } else { Err("the schemas cannot be made".into()) }
}

impl Suite {
    pub(crate) async fn start(topology: Topology, database: &Database) -> Outcome<Self> {
        let gateway = free_address()?;
        let addresses = SERVICES.iter().map(|name| Ok((*name, free_address()?))).collect::<Outcome<Vec<_>>>()?;
        let account = addresses[1].1.clone();
        let mut suite = Self {
            roles: Vec::new(),
            url: format!("http://{gateway}"),
            account: format!("http://{account}"),
            start_up: Duration::ZERO,
        };
        let mut settings: Vec<(String, String)> = vec![
            ("DATABASE_URL".to_owned(), database.url()),
            ("CONNECTUS_SERVICE_SECRET".to_owned(), SECRET.to_owned()),
            ("CONNECTUS_PUBLIC_URL".to_owned(), suite.url.clone()),
            ("CONNECTUS_LISTEN".to_owned(), gateway),
            ("CONNECTUS_LOG".to_owned(), "error".to_owned()),
            // Nobody who is loaded wants mails.
            ("SMTP_URL".to_owned(), "smtp://127.0.0.1:9".to_owned()),
            // All requests come from this machine, and from one source.
            ("CONNECTUS_RATE_LIMIT".to_owned(), "100000000".to_owned()),
            ("CONNECTUS_COMMUNITY_RATE_LIMIT".to_owned(), "100000000".to_owned()),
        ];
        let urls = addresses
            .iter()
            .map(|(name, at)| (format!("CONNECTUS_{}_URL", name.to_uppercase()), format!("http://{at}")));
        settings.extend(urls);
        let began = Instant::now();
        match topology {
            Topology::Together => suite.spawn("all", &account, &settings)?,
            Topology::Apart => {
                // As they are when each has a processor: threads of one process would take the few that there are from each other.
                settings.push(("TOKIO_WORKER_THREADS".to_owned(), "1".to_owned()));
                for (name, address) in &addresses {
                    suite.spawn(name, address, &settings)?;
                }
                suite.spawn("gateway", "", &settings)?;
            }
        }
        suite.until_ready().await?;
        suite.start_up = began.elapsed();
        Ok(suite)
    }

    fn spawn(&mut self, name: &'static str, grpc: &str, settings: &[(String, String)]) -> Outcome<()> {
        let mut command = role(name);
        command.envs(settings.iter().map(|(name, value)| (name, value)));
        if !grpc.is_empty() {
            command.env("CONNECTUS_GRPC_LISTEN", grpc);
        }
        self.roles.push((name, command.stdout(Stdio::null()).kill_on_drop(true).spawn()?));
        Ok(())
    }

    async fn until_ready(&mut self) -> Outcome<()> {
        let client = reqwest::Client::new();
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Ok(answer) = client.get(format!("{}/readyz", self.url)).send().await
                && answer.status().is_success()
            {
                return Ok(());
            }
            for (name, process) in &mut self.roles {
                if let Some(status) = process.try_wait()? {
                    return Err(format!("the role {name} ended: {status}").into());
                }
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err("the suite does not start".into())
    }

    /// Its processes, and PostgreSQL.
    pub(crate) fn processes(&self, database: &Database) -> Outcome<Processes> {
        let roles = self.roles.iter().filter_map(|(name, process)| Some(((*name).to_owned(), process.id()?)));
        Ok(roles.chain([(POSTGRES.to_owned(), database.pid()?)]).collect())
    }

    /// The numbers of its processes.
    pub(crate) fn pids(&self) -> impl Iterator<Item = u32> {
        self.roles.iter().filter_map(|(_, process)| process.id())
    }

    /// Ends it, and waits until it has.
    pub(crate) async fn stop(mut self) -> Outcome<()> {
        for (_, process) in &mut self.roles {
            process.kill().await?;
        }
        Ok(())
    }
}

/// A role that is told nothing by this process's own environment.
pub(crate) fn role(name: &str) -> Command {
    let mut command = dying_with_this(&binary());
    command.arg(name).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.current_dir(machine::target()).stdin(Stdio::null());
    command
}

/// A command that the system ends with this process, however it ends: a suite that is left behind would work on what the next one
/// is measured by.
pub(crate) fn dying_with_this(program: &Path) -> Command {
    let setpriv = Path::new("/usr/bin/setpriv");
    if !setpriv.exists() {
        return Command::new(program);
    }
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command
}

/// Where nobody listens now.
pub(crate) fn free_address() -> Outcome<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}
