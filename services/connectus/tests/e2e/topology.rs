//! The suite as one process, or as one for each role.

use std::net::SocketAddr;

use connectus_testkit::{Api, Database, MailServer, eventually};
use tokio::process::{Child, Command};

use crate::process::{connectus, free_address, run};

/// How the suite is spread over processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topology {
    /// One process.
    Together,
    /// One for each role, over TCP.
    Apart,
}

/// The services, and where each is.
type Services = [(&'static str, SocketAddr); 3];

const SERVICES: [&str; 3] = ["auth", "account", "experience"];

/// A running suite. It ends with this value.
pub(crate) struct Suite {
    pub(crate) api: Api,
    /// Where each service is.
    pub(crate) services: Services,
    _processes: Vec<Child>,
}

/// What the processes know each other by.
pub(crate) const SECRET: &str = "a secret that only these processes know";

/// What the processes have in common.
struct Shared<'a> {
    database: &'a Database,
    mail: &'a MailServer,
    gateway: SocketAddr,
    access_max_age: u32,
}

impl Topology {
    /// Starts the suite on a database, and waits until it is ready.
    pub(crate) async fn start(self, database: &Database, mail: &MailServer, access_max_age: u32) -> Suite {
        let gateway = free_address();
        let shared = Shared { database, mail, gateway, access_max_age };
        let (services, processes) = match self {
            Self::Together => shared.together(),
            Self::Apart => shared.apart().await,
        };
        let api = Api::new(format!("http://{gateway}"));
        until_ready(&api).await;
        Suite { api, services, _processes: processes }
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
    fn together(&self) -> (Services, Vec<Child>) {
        let grpc = free_address();
        let mut command = self.on_database("all");
        self.with_mail(&mut command);
        command.env("CONNECTUS_LISTEN", self.gateway.to_string());
        command.env("CONNECTUS_GRPC_LISTEN", grpc.to_string());
        command.env("CONNECTUS_SERVICE_SECRET", SECRET);
        command.env("CONNECTUS_ACCESS_MAX_AGE", self.access_max_age.to_string());
        (SERVICES.map(|service| (service, grpc)), vec![run(command)])
    }

    async fn apart(&self) -> (Services, Vec<Child>) {
        let migrated = self.on_database("migrate").status().await.unwrap();
        assert!(migrated.success());
        let addresses = SERVICES.map(|role| (role, free_address()));
        let mut commands: Vec<Command> = addresses.iter().map(|(role, address)| self.service(role, *address)).collect();
        self.with_mail(&mut commands[0]);
        self.with_mail(&mut commands[2]);
        let mut gateway = connectus("gateway");
        gateway.env("CONNECTUS_LISTEN", self.gateway.to_string());
        // All requests come from one address here.
        gateway.env("CONNECTUS_RATE_LIMIT", "10000");
        commands.push(gateway);
        for command in &mut commands {
            for (role, address) in addresses {
                command.env(format!("CONNECTUS_{}_URL", role.to_uppercase()), format!("http://{address}"));
            }
        }
        (addresses, commands.into_iter().map(run).collect())
    }

    fn service(&self, role: &str, address: SocketAddr) -> Command {
        let mut command = self.on_database(role);
        command.env("CONNECTUS_GRPC_LISTEN", address.to_string());
        command.env("CONNECTUS_SERVICE_SECRET", SECRET);
        command.env("CONNECTUS_ACCESS_MAX_AGE", self.access_max_age.to_string());
        command
    }

    fn on_database(&self, role: &str) -> Command {
        let mut command = connectus(role);
        command.env("DATABASE_URL", self.database.url()).env("CONNECTUS_DATABASE_CONNECTIONS", "5");
        command
    }

    fn with_mail(&self, command: &mut Command) {
        command.env("SMTP_URL", self.mail.url());
        command.env("CONNECTUS_PUBLIC_URL", format!("http://{}", self.gateway));
    }
}
