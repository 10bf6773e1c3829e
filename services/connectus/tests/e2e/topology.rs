//! The suite as one process, or as one for each role.

use std::{fmt::Display, fs::File, net::SocketAddr, path::Path, process::ExitStatus};

use connectus_testkit::{Api, Database, MailServer, eventually};
use nix::sys::signal::Signal;
use tokio::process::{Child, Command};
use tonic::transport::{Channel, Endpoint};

use crate::process::{connectus, free_address, role_of, run, run_logging_to, signal};

/// How the suite is spread over processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topology {
    /// One process.
    Together,
    /// One for each role, over TCP.
    Apart,
}

/// A running suite. It ends with this value.
pub(crate) struct Suite {
    pub(crate) api: Api,
    roles: Vec<Role>,
}

/// A role of a suite, in a process of its own.
pub(crate) struct Role {
    pub(crate) name: &'static str,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    command: Command,
    /// Where its log goes, if anybody reads it.
    log: Option<File>,
    process: Option<Child>,
}

/// What the processes have in common.
struct Shared<'a> {
    database: &'a Database,
    mail: &'a MailServer,
    gateway: SocketAddr,
}

/// What the services of all suites know each other by.
pub(crate) const SECRET: &str = "a secret that only these processes know";

impl Topology {
    /// Starts the suite on a database, and waits until it is ready.
    pub(crate) async fn start(self, database: &Database, mail: &MailServer, access_max_age: u32) -> Suite {
        self.start_with(database, mail, &[("CONNECTUS_ACCESS_MAX_AGE", &access_max_age.to_string())]).await
    }

    /// The same, with settings for all of its processes.
    pub(crate) async fn start_with(self, database: &Database, mail: &MailServer, settings: &[(&str, &str)]) -> Suite {
        self.start_logging_to(None, database, mail, settings).await
    }

    /// The same, with the log of all of its processes in a file.
    pub(crate) async fn start_logging_to(
        self,
        log: Option<&File>,
        database: &Database,
        mail: &MailServer,
        settings: &[(&str, &str)],
    ) -> Suite {
        let gateway = free_address();
        let shared = Shared { database, mail, gateway };
        let mut roles = match self {
            Self::Together => vec![shared.together()],
            Self::Apart => shared.apart().await,
        };
        for role in &mut roles {
            role.command.envs(settings.iter().copied());
            role.log = log.map(|log| log.try_clone().unwrap());
            role.start();
        }
        let api = Api::new(format!("http://{gateway}"));
        until_ready(&api).await;
        Suite { api, roles }
    }
}

impl Suite {
    /// One of its roles.
    pub(crate) fn role(&self, name: &str) -> &Role {
        self.roles.iter().find(|role| role.name == name).expect("a role of this topology")
    }

    /// One of its roles, to kill it or to start it again.
    pub(crate) fn role_mut(&mut self, name: &str) -> &mut Role {
        self.roles.iter_mut().find(|role| role.name == name).expect("a role of this topology")
    }

    /// A connection to its gateway, for gRPC.
    pub(crate) fn channel(&self) -> Channel {
        Endpoint::from_shared(self.api.url().to_owned()).unwrap().connect_lazy()
    }
}

impl Role {
    /// A role that is to listen somewhere, and has no settings yet.
    pub(crate) fn new(name: &'static str, address: SocketAddr) -> Self {
        Self { name, address, command: connectus(name), log: None, process: None }
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Display) {
        self.command.env(name, value.to_string());
    }

    /// Has it be of another binary when it starts next, with the same settings.
    pub(crate) fn turn_into(&mut self, binary: &Path) {
        let mut command = role_of(binary, self.name);
        let settings = self.command.as_std().get_envs();
        command.envs(settings.filter_map(|(name, value)| Some((name, value?))));
        self.command = command;
    }

    /// Starts it, also after it was killed.
    pub(crate) fn start(&mut self) {
        self.process = Some(match &self.log {
            Some(log) => run_logging_to(&mut self.command, log),
            None => run(&mut self.command),
        });
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, with: Signal) {
        signal(self.process.as_ref().expect("it was started"), with);
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        self.process.as_mut().expect("it was started").wait().await.unwrap()
    }

    /// Kills it, in the middle of whatever it does.
    pub(crate) async fn kill(&mut self) {
        self.process.as_mut().expect("it was started").kill().await.unwrap();
    }

    /// A connection to where it listens, for gRPC.
    pub(crate) fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.address)).unwrap().connect_lazy()
    }
}

/// Waits until every service says that it is ready.
pub(crate) async fn until_ready(api: &Api) {
    eventually("the suite is ready", async || {
        let response = api.request(reqwest::Method::GET, "/readyz").send().await.ok()?;
        response.status().is_success().then_some(())
    })
    .await;
}

impl Shared<'_> {
    fn together(&self) -> Role {
        let mut all = Role::new("all", free_address());
        self.add_database(&mut all);
        self.add_mail(&mut all);
        all.set("CONNECTUS_LISTEN", self.gateway);
        all.set("CONNECTUS_GRPC_LISTEN", all.address);
        // Or it would keep one where the tests run.
        all.set("CONNECTUS_SERVICE_SECRET", SECRET);
        all
    }

    async fn apart(&self) -> Vec<Role> {
        let migrated = connectus("migrate").env("DATABASE_URL", self.database.url()).status().await.unwrap();
        assert!(migrated.success());
        let mut roles =
            ["auth", "account", "experience", "social", "community"].map(|name| Role::new(name, free_address()));
        let urls = roles.each_ref().map(|role| (role.name.to_uppercase(), role.address));
        for service in &mut roles {
            self.add_database(service);
            service.set("CONNECTUS_GRPC_LISTEN", service.address);
            service.set("CONNECTUS_SERVICE_SECRET", SECRET);
        }
        let [auth, _, experience, social, _] = &mut roles;
        for sender in [auth, experience, social] {
            self.add_mail(sender);
        }
        let mut gateway = Role::new("gateway", self.gateway);
        gateway.set("CONNECTUS_LISTEN", self.gateway);
        // All requests come from one address here.
        gateway.set("CONNECTUS_RATE_LIMIT", 10_000);
        let mut roles: Vec<Role> = roles.into_iter().chain([gateway]).collect();
        for role in &mut roles {
            for (name, address) in &urls {
                role.set(&format!("CONNECTUS_{name}_URL"), format_args!("http://{address}"));
            }
        }
        roles
    }

    fn add_database(&self, role: &mut Role) {
        role.set("DATABASE_URL", self.database.url());
        role.set("CONNECTUS_DATABASE_CONNECTIONS", 5);
    }

    fn add_mail(&self, role: &mut Role) {
        role.set("SMTP_URL", self.mail.url());
        role.set("CONNECTUS_PUBLIC_URL", format_args!("http://{}", self.gateway));
    }
}
