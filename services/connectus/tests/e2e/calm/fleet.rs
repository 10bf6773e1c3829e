//! Two replicas of every role, which are ended or killed, and started again.

use std::{net::SocketAddr, process::ExitStatus, time::Duration};

use connectus_testkit::{Api, Database, MailServer, eventually};
use nix::sys::signal::Signal;
use tokio::{
    net::TcpStream,
    time::{Instant, timeout},
};
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

use super::door::Door;
use crate::{
    process::free_address,
    release::Release,
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
pub(crate) const REPLICAS: usize = 2 * (SERVICES.len() + 1);

/// All replicas. They end with this value.
pub(crate) struct Fleet {
    /// Both of each service, one service after the other, and then both gateways.
    replicas: Vec<Role>,
    /// The way to both of each service, for who knows but one address.
    doors: Vec<Door>,
}

impl Fleet {
    /// Starts them all, on a schema of that release, and waits until each is ready.
    pub(crate) async fn start(release: &Release, database: &Database, mail: &MailServer) -> Self {
        release.migrate(database).await;
        let names = SERVICES.map(|(name, _)| name).into_iter().chain(["gateway"]);
        let mut replicas: Vec<Role> =
            names.flat_map(|name| [name, name]).map(|name| Role::new(name, free_address())).collect();
        let mut doors = Vec::new();
        for pair in replicas[..REPLICAS - 2].chunks(2) {
            doors.push(Door::open([pair[0].address, pair[1].address]).await);
        }
        let public_url = format!("http://{}", replicas[REPLICAS - 2].address);
        for role in &mut replicas {
            role.set("CONNECTUS_SERVICE_SECRET", SECRET);
            role.set("CONNECTUS_PUBLIC_URL", &public_url);
            role.set("DATABASE_URL", database.url());
            role.set("CONNECTUS_DATABASE_CONNECTIONS", 10);
            role.set("SMTP_URL", mail.url());
            role.set("CONNECTUS_RATE_LIMIT", 10_000);
            role.set(if role.name == "gateway" { "CONNECTUS_LISTEN" } else { "CONNECTUS_GRPC_LISTEN" }, role.address);
            role.set("CONNECTUS_DRAIN_WAIT", if role.name == "gateway" { DRAIN_WAIT } else { 0 });
        }
        let mut fleet = Self { replicas, doors };
        for number in 0..REPLICAS {
            fleet.turn_into(number, release);
            fleet.replicas[number].start();
        }
        for number in 0..REPLICAS {
            fleet.until_ready(number).await;
        }
        fleet
    }

    /// What the URL of a role is, for whoever has its calls spread.
    pub(crate) fn urls(&self, role: &str) -> String {
        urls(&self.replicas, role)
    }

    /// Where the gateways are.
    pub(crate) fn gateways(&self) -> [SocketAddr; 2] {
        [REPLICAS - 2, REPLICAS - 1].map(|number| self.replicas[number].address)
    }

    /// Both of a service.
    pub(crate) fn replicas_of(service: &str) -> [usize; 2] {
        let at = SERVICES.iter().position(|(name, _)| *name == service).expect("a service");
        [2 * at, 2 * at + 1]
    }

    /// What a replica is called.
    pub(crate) fn name(&self, number: usize) -> String {
        format!("{} {}", self.replicas[number].name, number % 2)
    }

    /// Whether a replica is a gateway.
    pub(crate) fn is_gateway(number: usize) -> bool {
        number >= REPLICAS - 2
    }

    /// Has a replica end, while somebody is connected to it who says nothing, and starts it again. Returns how long it took to end.
    pub(crate) async fn end(&mut self, number: usize) -> Duration {
        let _silent = TcpStream::connect(self.replicas[number].address).await.unwrap();
        let began = Instant::now();
        self.stop(number).await;
        let took = began.elapsed();
        self.start_again(number).await;
        took
    }

    /// Has a replica end, and starts it again as one of another release. Tells when it went: it is gone at the end of that time.
    pub(crate) async fn replace(&mut self, number: usize, release: &Release) -> (Instant, Instant) {
        let began = Instant::now();
        self.stop(number).await;
        let ended = Instant::now();
        self.turn_into(number, release);
        self.start_again(number).await;
        (began, ended)
    }

    async fn stop(&mut self, number: usize) {
        self.replicas[number].signal(Signal::SIGTERM);
        let status = timeout(GRACE, self.replicas[number].ended()).await;
        let status: ExitStatus = status.unwrap_or_else(|_| panic!("{} does not end in time", self.name(number)));
        assert_eq!(status.code(), Some(0), "{}", self.name(number));
    }

    /// Has a replica be of a release when it starts next, and find the services as that one can.
    fn turn_into(&mut self, number: usize, release: &Release) {
        let urls = SERVICES.iter().zip(&self.doors).map(|((name, _), door)| {
            let url = if release.is_calm { urls(&self.replicas, name) } else { format!("http://{}", door.address) };
            (format!("CONNECTUS_{}_URL", name.to_uppercase()), url)
        });
        let urls: Vec<_> = urls.collect();
        let role = &mut self.replicas[number];
        role.turn_into(&release.binary);
        for (setting, value) in urls {
            role.set(&setting, value);
        }
    }

    /// Kills a replica, and tells when. It is gone at the end of that time.
    pub(crate) async fn kill(&mut self, number: usize) -> (Instant, Instant) {
        let began = Instant::now();
        self.replicas[number].kill().await;
        (began, Instant::now())
    }

    /// Starts a replica again, and waits until it is ready.
    pub(crate) async fn start_again(&mut self, number: usize) {
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
