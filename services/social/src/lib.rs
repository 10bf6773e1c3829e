//! The social service: what accounts say to each other, and what they are notified of.

mod accounts;
mod addresses;
mod config;
mod delivery;
mod domain;
mod live;
mod mails;
mod requests;
mod rpc;
mod store;
mod unsubscription;

use connectus_platform::{
    identity, janitor,
    migrate::Schema,
    outbox::Outbox,
    peer::Channel,
    service::{Outgoing, Resources, Service},
};
use connectus_proto::social::v1::{
    notification_service_server::{self, NotificationServiceServer},
    post_service_server::{self, PostServiceServer},
    social_admin_service_server::SocialAdminServiceServer,
    social_internal_service_server::SocialInternalServiceServer,
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use tonic::service::{Routes, interceptor::InterceptedService};

pub use config::Config;

use crate::{
    accounts::Accounts,
    addresses::Addresses,
    delivery::{Delivery, Peers},
    live::Live,
    requests::Requests,
    rpc::Social,
};

/// How large a request may be, in bytes.
const MAX_REQUEST: usize = 256 * 1024;

/// The tables whose rows have had no effect since they expired.
const EXPIRING: &[&str] = &["notifications", "throttles", "idempotency_keys"];

/// What its contracts call it.
const NAMES: &[&str] = &[post_service_server::SERVICE_NAME, notification_service_server::SERVICE_NAME];

/// What only reads, and may be answered from a replica: posts. Not notifications, which a stream goes on from.
const MAY_BE_STALE: &[&str] = &[
    "connectus.social.v1.PostService/GetPost",
    "connectus.social.v1.PostService/ListPosts",
    "connectus.social.v1.PostService/ListComments",
    "connectus.social.v1.PostService/ListFeed",
];

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/social");

/// The service's schema.
#[must_use]
pub fn schema() -> Schema {
    Schema { service: "social", migrations: MIGRATIONS, extensions: &[] }
}

/// Builds the service, which asks auth where it may mail, and experience what still waits for an answer.
#[must_use]
pub fn build(
    config: &Config,
    resources: &Resources,
    outgoing: &Outgoing,
    auth: Channel,
    experience: Channel,
) -> Service {
    let pool = resources.pool.clone();
    let accounts = Accounts::new(resources.identity.clone(), outgoing.account.clone());
    let peers = Peers {
        accounts: accounts.clone(),
        addresses: Addresses::new(resources.identity.clone(), auth),
        requests: Requests::new(resources.identity.clone(), outgoing.account.clone(), experience),
    };
    let delivery = Delivery::new(config, resources, outgoing, peers);
    let outbox = Outbox::new(pool.clone(), delivery);
    let live = Live::default();
    let social = Social {
        pool: pool.clone(),
        accounts,
        outbox: outbox.clone(),
        live: live.clone(),
        access: resources.access.clone(),
        identity: resources.identity.clone(),
        closing: resources.closing.clone(),
        digest_interval: config.digest_interval(),
    };
    let listening = pool.clone();
    Service::new(NAMES, routes(social))
        .may_be_stale(MAY_BE_STALE)
        .worker(|shutdown| outbox.run(shutdown))
        .worker(|shutdown| live.run(listening, shutdown))
        .worker(|shutdown| janitor::run(pool, EXPIRING, shutdown))
}

fn routes(social: Social) -> Routes {
    let posts = PostServiceServer::new(social.clone()).max_decoding_message_size(MAX_REQUEST);
    let notifications = NotificationServiceServer::new(social.clone()).max_decoding_message_size(MAX_REQUEST);
    let internal = SocialInternalServiceServer::new(social.clone()).max_decoding_message_size(MAX_REQUEST);
    let admin = SocialAdminServiceServer::new(social).max_decoding_message_size(MAX_REQUEST);
    Routes::new(posts)
        .add_service(notifications)
        .add_service(InterceptedService::new(internal, identity::services_only))
        .add_service(InterceptedService::new(admin, identity::services_only))
}
