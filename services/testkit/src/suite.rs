//! A suite that runs in the test's own process, and is reached as everybody reaches it: over the network.

use std::{net::SocketAddr, sync::LazyLock, time::Duration};

use clap::{Args, Command, FromArgMatches};
use connectus::suite::{Parts, Pools};
use connectus_platform::{
    client::Networks,
    identity::ServiceIdentity,
    mail::Mailer,
    serve::serve,
    service::Links,
    store::{self, Pool, PoolOptions},
};
use connectus_proto::{
    account::v1::{
        account_internal_service_client::AccountInternalServiceClient, account_service_client::AccountServiceClient,
        connection_service_client::ConnectionServiceClient,
    },
    auth::v1::{
        auth_admin_service_client::AuthAdminServiceClient, auth_internal_service_client::AuthInternalServiceClient,
        auth_service_client::AuthServiceClient,
    },
    community::v1::{
        community_internal_service_client::CommunityInternalServiceClient,
        community_service_client::CommunityServiceClient, management_service_client::ManagementServiceClient,
    },
    experience::v1::{
        experience_internal_service_client::ExperienceInternalServiceClient,
        experience_service_client::ExperienceServiceClient, opportunity_service_client::OpportunityServiceClient,
    },
    social::v1::{
        notification_service_client::NotificationServiceClient, post_service_client::PostServiceClient,
        social_internal_service_client::SocialInternalServiceClient,
    },
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};
use tonic::transport::{Channel, Endpoint};

use crate::{Api, Database, MailServer};

/// The metrics of all suites of this process.
static METRICS: LazyLock<PrometheusHandle> = LazyLock::new(|| PrometheusBuilder::new().install_recorder().unwrap());

/// How a suite is to be run.
#[derive(Default)]
pub struct Options {
    /// Its database, if it is not to be a new one.
    pub database: Option<Database>,
    /// The URL of a replica of that.
    pub read_url: Option<String>,
    /// Its mail server, if it is not to be a new one.
    pub mail: Option<MailServer>,
    /// What its services know each other by, if that is not to be new.
    pub identity: Option<ServiceIdentity>,
    /// Where people are sent on to.
    pub site_url: Option<String>,
    /// For how long tokens are accepted without news of revocations.
    pub access_max_age: Option<Duration>,
    /// Whether the gateway limits how often this machine may ask, as it does with strangers.
    pub rate_limited: bool,
    /// Options of auth, as on the command line.
    pub auth: Vec<&'static str>,
    /// Options of social, as on the command line.
    pub social: Vec<&'static str>,
    /// Options of community, as on the command line.
    pub community: Vec<&'static str>,
    /// Options of the gateway, as on the command line.
    pub gateway: Vec<&'static str>,
}

/// A running suite. It ends with this value.
pub struct Suite {
    /// Its database.
    pub database: Database,
    /// Its mail server.
    pub mail: MailServer,
    /// What its services know each other by.
    pub identity: ServiceIdentity,
    /// Its gateway.
    pub api: Api,
    /// Where its services listen for gRPC.
    pub grpc: SocketAddr,
    _end: DropGuard,
}

impl Suite {
    /// Starts one as most tests want it.
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// Starts one.
    pub async fn with(options: Options) -> Self {
        let database = match options.database {
            Some(database) => database,
            None => Database::new().await,
        };
        let mail = match options.mail {
            Some(mail) => mail,
            None => MailServer::start().await,
        };
        let (gateway_listener, gateway) = listen().await;
        let (grpc_listener, grpc) = listen().await;
        let public_url = format!("http://{gateway}");
        let identity = options.identity.unwrap_or_else(ServiceIdentity::random);
        let config: connectus_gateway::Config = parse(&options.gateway);
        let parts = Parts {
            auth: parse(&options.auth),
            social: parse(&options.social),
            community: parse(&options.community),
            gateway: if options.rate_limited { config } else { config.trusting_loopback() },
            pools: pools(&database, options.read_url.as_deref()),
            mailer: Mailer::smtp(&mail.url(), "ConnectUS <no-reply@connectus.test>").unwrap(),
            mailbox: None,
            links: Links { public_url: public_url.clone(), site_url: options.site_url },
            identity: identity.clone(),
            gateways: Networks::new(&["127.0.0.0/8".parse().unwrap()]),
            access_max_age: options.access_max_age.unwrap_or(Duration::from_secs(10)),
            metrics: METRICS.clone(),
        };
        let end = CancellationToken::new();
        let suite = connectus::suite::start(parts, &end, &end, &end, &TaskTracker::new());
        tokio::spawn(serve(gateway_listener, suite.gateway, end.clone()));
        tokio::spawn(serve(grpc_listener, suite.services, end.clone()));
        Self { database, mail, identity, api: Api::new(public_url), grpc, _end: end.drop_guard() }
    }

    /// A connection to the services' gRPC port.
    pub fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.grpc)).unwrap().connect_lazy()
    }

    /// A connection to the gateway, for gRPC.
    pub fn gateway_channel(&self) -> Channel {
        Endpoint::from_shared(self.api.url().to_owned()).unwrap().connect_lazy()
    }

    /// A client of auth.
    pub fn auth(&self) -> AuthServiceClient<Channel> {
        AuthServiceClient::new(self.channel())
    }

    /// A client of what only services may ask of auth.
    pub fn auth_internal(&self) -> AuthInternalServiceClient<Channel> {
        AuthInternalServiceClient::new(self.channel())
    }

    /// A client of what operators do with auth.
    pub fn auth_admin(&self) -> AuthAdminServiceClient<Channel> {
        AuthAdminServiceClient::new(self.channel())
    }

    /// A client of account.
    pub fn account(&self) -> AccountServiceClient<Channel> {
        AccountServiceClient::new(self.channel())
    }

    /// A client of what only services may ask of account.
    pub fn account_internal(&self) -> AccountInternalServiceClient<Channel> {
        AccountInternalServiceClient::new(self.channel())
    }

    /// A client of experience.
    pub fn experience(&self) -> ExperienceServiceClient<Channel> {
        ExperienceServiceClient::new(self.channel())
    }

    /// A client of what only services may ask of experience.
    pub fn experience_internal(&self) -> ExperienceInternalServiceClient<Channel> {
        ExperienceInternalServiceClient::new(self.channel())
    }

    /// A client of connections and blocks.
    pub fn connections(&self) -> ConnectionServiceClient<Channel> {
        ConnectionServiceClient::new(self.channel())
    }

    /// A client of opportunities.
    pub fn opportunities(&self) -> OpportunityServiceClient<Channel> {
        OpportunityServiceClient::new(self.channel())
    }

    /// A client of posts.
    pub fn posts(&self) -> PostServiceClient<Channel> {
        PostServiceClient::new(self.channel())
    }

    /// A client of notifications.
    pub fn notifications(&self) -> NotificationServiceClient<Channel> {
        NotificationServiceClient::new(self.channel())
    }

    /// A client of what only services may ask of social.
    pub fn social_internal(&self) -> SocialInternalServiceClient<Channel> {
        SocialInternalServiceClient::new(self.channel())
    }

    /// A client of the Community API.
    pub fn community(&self) -> CommunityServiceClient<Channel> {
        CommunityServiceClient::new(self.channel())
    }

    /// A client of what organizations do with their communities.
    pub fn communities(&self) -> ManagementServiceClient<Channel> {
        ManagementServiceClient::new(self.channel())
    }

    /// A client of what only services may ask of community.
    pub fn community_internal(&self) -> CommunityInternalServiceClient<Channel> {
        CommunityInternalServiceClient::new(self.channel())
    }

    /// A request that a service of the suite makes.
    pub fn as_service<M>(&self, message: M) -> tonic::Request<M> {
        self.identity.sign(tonic::Request::new(message))
    }
}

/// A listener on a free port.
pub(crate) async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn parse<T: Args + FromArgMatches>(options: &[&'static str]) -> T {
    let command = T::augment_args(Command::new("test"));
    let arguments = std::iter::once("test").chain(options.iter().copied());
    T::from_arg_matches(&command.get_matches_from(arguments)).unwrap()
}

fn pools(database: &Database, read_url: Option<&str>) -> Pools {
    let read = |service| read_pool(database, service, read_url);
    Pools {
        auth: pool(database, "auth"),
        account: read("account"),
        experience: read("experience"),
        social: read("social"),
        community: read("community"),
    }
}

/// A service's connections to a database: few, since many tests run at once.
pub fn pool(database: &Database, service: &'static str) -> Pool {
    read_pool(database, service, None)
}

fn read_pool(database: &Database, service: &'static str, read_url: Option<&str>) -> Pool {
    let (url, read_url) = (database.url().to_owned(), read_url.map(str::to_owned));
    store::pool(&PoolOptions { url, read_url, service, size: 5 })
}
