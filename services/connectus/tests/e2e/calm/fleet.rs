//! Two replicas of every role, which are ended or killed, and started again.

use std::{net::SocketAddr, process::ExitStatus, time::Duration};

use connectus_testkit::{Api, Database, MailServer, eventually};
use nix::sys::signal::Signal;
use tokio::{
    net::TcpStream,
    time::{Instant, timeout},
};
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

use crate::{
    process::{connectus, free_address},
    topology::{Role, SECRET},
};

/// How long a process may take to end: the gateway's wait, 10 s for calls and 10 s for workers, and some for the machine.
const GRACE: Duration = Duration::from_secs(25);
/// For how many seconds a gateway that is told to end still takes requests. Services do without: whoever calls one of them finds
/// another by itself.
const DRAIN_WAIT: u64 = 1;

/// The services, and by which name each is asked for its health.
const SERVICES: [(&str, &str); 5] = [
    ("auth", "connectus.auth.v1.AuthService"),
    ("account", "connectus.account.v1.AccountService"),
    ("experience", "connectus.experience.v1.ExperienceService"),
    ("social", "connectus.social.v1.PostService"),
    ("community", "connectus.community.v1.CommunityService"),
];
/// How many replicas there are in all.
pub(super) const REPLICAS: usize = 2 * (SERVICES.len() + 1);

/// All replicas. They end with this value.
pub(super) struct Fleet {
    /// Both of each service, one service after the other, and then both gateways.
    replicas: Vec<Role>,
}

impl Fleet {
    /// Starts them all, and waits until each is ready.
    pub(super) async fn start(database: &Database, mail: &MailServer) -> Self {
        let migrated = connectus("migrate").env("DATABASE_URL", database.url()).status().await.unwrap();
        assert!(migrated.success());
        let names = SERVICES.map(|(name, _)| name).into_iter().chain(["gateway"]);
        let mut replicas: Vec<Role> =
            names.flat_map(|name| [name, name]).map(|name| Role::new(name, free_address())).collect();
        let urls = SERVICES.map(|(name, _)| (format!("CONNECTUS_{}_URL", name.to_uppercase()), urls(&replicas, name)));
        let public_url = format!("http://{}", replicas[REPLICAS - 2].address);
        for role in &mut replicas {
            for (setting, value) in &urls {
                role.set(setting, value);
            }
            role.set("CONNECTUS_SERVICE_SECRET", SECRET);
            role.set("CONNECTUS_PUBLIC_URL", &public_url);
            role.set("DATABASE_URL", database.url());
            role.set("CONNECTUS_DATABASE_CONNECTIONS", 10);
            role.set("SMTP_URL", mail.url());
            role.set("CONNECTUS_RATE_LIMIT", 10_000);
            role.set(if role.name == "gateway" { "CONNECTUS_LISTEN" } else { "CONNECTUS_GRPC_LISTEN" }, role.address);
            role.set("CONNECTUS_DRAIN_WAIT", if role.name == "gateway" { DRAIN_WAIT } else { 0 });
            role.start();
        }
        let fleet = Self { replicas };
        for number in 0..REPLICAS {
            fleet.until_ready(number).await;
        }
        fleet
    }

    /// What the URL of a role is, for whoever has its calls spread.
    pub(super) fn urls(&self, role: &str) -> String {
        urls(&self.replicas, role)
    }

    /// Where the gateways are.
    pub(super) fn gateways(&self) -> [SocketAddr; 2] {
        [REPLICAS - 2, REPLICAS - 1].map(|number| self.replicas[number].address)
    }

    /// What a replica is called.
    pub(super) fn name(&self, number: usize) -> String {
        format!("{} {}", self.replicas[number].name, number % 2)
    }

    /// Whether a replica is a gateway.
    pub(super) fn is_gateway(number: usize) -> bool {
        number >= REPLICAS - 2
    }

    /// Has a replica end, while somebody is connected to it who says nothing, and starts it again. Returns how long it took to end.
    pub(super) async fn end(&mut self, number: usize) -> Duration {
        let _silent = TcpStream::connect(self.replicas[number].address).await.unwrap();
        let began = Instant::now();
        self.replicas[number].signal(Signal::SIGTERM);
        let status = timeout(GRACE, self.replicas[number].ended()).await;
        let status: ExitStatus = status.unwrap_or_else(|_| panic!("{} does not end in time", self.name(number)));
        let took = began.elapsed();
        assert_eq!(status.code(), Some(0), "{}", self.name(number));
        self.start_again(number).await;
        took
    }

    /// Kills a replica, and tells when. It is gone at the end of that time.
    pub(super) async fn kill(&mut self, number: usize) -> (Instant, Instant) {
        let began = Instant::now();
        self.replicas[number].kill().await;
        (began, Instant::now())
    }

    /// Starts a replica again, and waits until it is ready.
    pub(super) async fn start_again(&mut self, number: usize) {
        self.replicas[number].start();
        self.until_ready(number).await;
    }

    async fn until_ready(&self, number: usize) {
        let role = &self.replicas[number];
        let Some((_, service)) = SERVICES.iter().find(|(name, _)| *name == role.name) else {
            let api = Api::new(format!("http://{}", role.address));
            let asks = async || api.request(reqwest::Method::GET, "/healthz").send().await.ok();
            return eventually("the gateway is there", async || asks().await?.status().is_success().then_some(()))
                .await;
        };
        let request = HealthCheckRequest { service: (*service).to_owned() };
        eventually("a service is ready", async || {
            let answer = HealthClient::new(role.channel()).check(request.clone()).await.ok()?;
            (answer.into_inner().status() == ServingStatus::Serving).then_some(())
        })
        .await;
    }
}

fn urls(replicas: &[Role], name: &str) -> String {
    let of_role = replicas.iter().filter(|role| role.name == name);
    of_role.map(|role| format!("http://{}", role.address)).collect::<Vec<_>>().join(",")
}
