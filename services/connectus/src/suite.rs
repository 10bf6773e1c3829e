//! The whole suite in one process: every service and the gateway, wired without a network between them.

use std::time::Duration;

use axum::Router;
use connectus_auth::Erasers;
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
    /// The settings of social.
    pub social: connectus_social::Config,
    /// The settings of community.
    pub community: connectus_community::Config,
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
    /// Social's.
    pub social: Pool,
    /// Community's.
    pub community: Pool,
}

/// A suite that runs, and waits to be served.
pub struct Suite {
    /// The gateway: REST, gRPC and grpc-web for everybody outside.
    pub gateway: Router,
    /// The services' native gRPC.
    pub services: Router,
}

/// Starts the suite. It says that it serves until `leaving` is cancelled; its streams end when `closing` is, its workers when
/// `shutdown` is; `tasks` ends when they have.
#[must_use]
pub fn start(
    parts: Parts,
    leaving: &CancellationToken,
    closing: &CancellationToken,
    shutdown: &CancellationToken,
    tasks: &TaskTracker,
) -> Suite {
    let Parts {
        auth,
        social,
        community,
        gateway,
        pools,
        mailer,
        mailbox,
        links,
        identity,
        gateways,
        access_max_age,
        metrics,
    } = parts;
    let (channel, local) = peer::local();
    let access = AccessFeed::new(channel.clone(), identity.clone(), access_max_age);
    let outgoing = Outgoing { mailer, links: links.clone(), account: channel.clone() };
    let resources = |pool| Resources {
        pool,
        access: access.clone(),
        identity: identity.clone(),
        gateways: gateways.clone(),
        leaving: leaving.clone(),
        closing: closing.clone(),
    };
    let of_auth = resources(pools.auth);
    let of_account = resources(pools.account);
    let of_experience = resources(pools.experience);
    let of_social = resources(pools.social);
    let of_community = resources(pools.community);
    let erasers = Erasers { experience: channel.clone(), social: channel.clone(), community: channel.clone() };
    let peers =
        connectus_community::Peers { auth: channel.clone(), account: channel.clone(), experience: channel.clone() };
    let services = vec![
        (connectus_auth::build(&auth, &of_auth, &outgoing, erasers), of_auth),
        (connectus_account::build(&of_account, channel.clone(), channel.clone()), of_account),
        (connectus_experience::build(&of_experience, &outgoing, channel.clone(), channel.clone()), of_experience),
        (connectus_social::build(&social, &of_social, &outgoing, channel.clone(), channel.clone()), of_social),
        (connectus_community::build(&community, &of_community, peers), of_community),
    ];
    let services = service::start(services, shutdown, tasks);
    local.serve(services.clone());
    tasks.spawn(access.run(shutdown.clone()));
    let upstreams = Upstreams {
        auth: channel.clone(),
        account: channel.clone(),
        experience: channel.clone(),
        social: channel.clone(),
        community: channel,
    };
    let (leaving, closing) = (leaving.clone(), closing.clone());
    let parts = connectus_gateway::Parts { config: gateway, upstreams, links, mailbox, metrics, leaving, closing };
    Suite { gateway: connectus_gateway::build(parts), services }
}
