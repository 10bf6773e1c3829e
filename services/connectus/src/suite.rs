//! The whole suite in one process: every service and the gateway, wired without a network between them.

use std::time::Duration;

use axum::Router;
use connectus_gateway::Upstreams;
use connectus_platform::{
    access::AccessFeed,
    client::Networks,
    identity::ServiceIdentity,
    mail::{DevelopmentMailbox, Mailer},
    peer,
    service::{self, Links, Outgoing, Resources},
    store::Pool,
    telemetry::PrometheusHandle,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What the suite is made of.
pub struct Parts {
    /// The settings of auth.
    pub auth: connectus_auth::Config,
    /// The settings of the gateway.
    pub gateway: connectus_gateway::Config,
    /// The services' databases.
    pub pools: Pools,
    /// The way that mails take.
    pub mailer: Mailer,
    /// The mailbox to show, where mails are not sent.
    pub mailbox: Option<DevelopmentMailbox>,
    /// Where mailed links lead.
    pub links: Links,
    /// What the services know each other by.
    pub identity: ServiceIdentity,
    /// Where gateways are that say whose requests they pass on.
    pub gateways: Networks,
    /// For how long tokens are accepted when revocations cannot be learnt of.
    pub access_max_age: Duration,
    /// The metrics to show.
    pub metrics: PrometheusHandle,
}

/// The database of each service.
pub struct Pools {
    /// Auth's.
    pub auth: Pool,
    /// Account's.
    pub account: Pool,
    /// Experience's.
    pub experience: Pool,
}

/// A suite that runs, and waits to be served.
pub struct Suite {
    /// The gateway: REST, gRPC and grpc-web for everybody outside.
    pub gateway: Router,
    /// The services' native gRPC.
    pub services: Router,
}

/// Starts the suite. Its workers stop when `shutdown` is cancelled; `tasks` ends when they have.
#[must_use]
pub fn start(parts: Parts, shutdown: &CancellationToken, tasks: &TaskTracker) -> Suite {
    let Parts { auth, gateway, pools, mailer, mailbox, links, identity, gateways, access_max_age, metrics } = parts;
    let (channel, local) = peer::local();
    let access = AccessFeed::new(channel.clone(), identity.clone(), access_max_age);
    let outgoing = Outgoing { mailer, links: links.clone(), account: channel.clone() };
    let resources =
        |pool| Resources { pool, access: access.clone(), identity: identity.clone(), gateways: gateways.clone() };
    let Pools { auth: auth_pool, account, experience } = pools;
    let (auth_pool, account, experience) = (resources(auth_pool), resources(account), resources(experience));
    let services = vec![
        (connectus_auth::build(&auth, &auth_pool, &outgoing, channel.clone()), auth_pool),
        (connectus_account::build(&account), account),
        (connectus_experience::build(&experience, &outgoing), experience),
    ];
    let services = service::start(services, shutdown, tasks);
    local.serve(services.clone());
    tasks.spawn(access.run(shutdown.clone()));
    let upstreams = Upstreams { auth: channel.clone(), account: channel.clone(), experience: channel };
    let parts = connectus_gateway::Parts { config: gateway, upstreams, links, mailbox, metrics };
    Suite { gateway: connectus_gateway::build(parts), services }
}
