//! What else could answer the same: a server of one process by hand, Envoy before a service, Fastify, and bare tonic.

pub(crate) mod axum;
pub(crate) mod envoy;
pub(crate) mod fastify;
pub(crate) mod hash;
pub(crate) mod hello;

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    net::TcpStream,
    process::{Child, Command},
};

use crate::{
    Outcome,
    database::Database,
    meter::{POSTGRES, Processes},
    suite::{dying_with_this, free_address},
};

/// How long one may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// One that runs. It ends with this value.
pub(crate) struct Rival {
    pub(crate) name: &'static str,
    pub(crate) url: String,
    /// How long it took until it listened.
    pub(crate) start_up: Duration,
    process: Child,
}

impl Rival {
    /// Starts a program that is to listen at an address, and waits until it does.
    async fn start(name: &'static str, address: &str, command: &mut Command) -> Outcome<Self> {
        let began = Instant::now();
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = quiet.kill_on_drop(true).spawn()?;
        while TcpStream::connect(address).await.is_err() {
            if process.try_wait()?.is_some() || began.elapsed() > PATIENCE {
                return Err(format!("{name} does not start").into());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(Self { name, url: format!("http://{address}"), start_up: began.elapsed(), process })
    }

    /// This program in the role of one of them.
    async fn of_this(name: &'static str, role: &str, database: &Database) -> Outcome<Self> {
        let address = free_address()?;
        let mut command = dying_with_this(&std::env::current_exe()?);
        Self::start(name, &address, command.args(["rival", role, &address, &database.url()])).await
    }

    pub(crate) fn pid(&self) -> Outcome<u32> {
        self.process.id().ok_or_else(|| format!("{} has ended", self.name).into())
    }

    /// Its process, and PostgreSQL.
    pub(crate) fn processes(&self, database: &Database) -> Outcome<Processes> {
        Ok([(self.name.to_owned(), self.pid()?), (POSTGRES.to_owned(), database.pid()?)].into())
    }
}
