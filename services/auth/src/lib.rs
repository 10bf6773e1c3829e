//! The auth service: credentials, access tokens, mailed links, signing keys, and the revocation of tokens.

mod config;
mod delivery;
mod domain;
mod hashing;
mod keys;
mod mails;
mod rpc;
mod store;

use connectus_platform::{
    identity, janitor,
    migrate::Schema,
    outbox::Outbox,
    service::{Outgoing, Resources, Service},
};
use connectus_proto::auth::v1::{
    auth_admin_service_server::AuthAdminServiceServer,
    auth_internal_service_server::AuthInternalServiceServer,
    auth_service_server::{self, AuthServiceServer},
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use tonic::service::{Routes, interceptor::InterceptedService};

pub use config::Config;
pub use delivery::Erasers;

use crate::{
    delivery::{Delivery, Peers},
    hashing::Hasher,
    keys::KeyRing,
    rpc::Auth,
};

/// How large a request may be, in bytes.
const MAX_REQUEST: usize = 64 * 1024;

/// The tables whose rows have had no effect since they expired.
const EXPIRING: &[&str] =
    &["mail_links", "access_changes", "email_changes", "sessions", "security_events", "throttles", "idempotency_keys"];

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/auth");

/// The service's schema.
#[must_use]
pub fn schema() -> Schema {
    Schema { service: "auth", migrations: MIGRATIONS, extensions: &[] }
}

/// Builds the service, which has others erase what belonged to accounts that are deleted. It makes its first signing key when it
/// starts.
///
/// # Panics
///
/// Where the system has no threads for it.
#[must_use]
#[expect(clippy::expect_used, reason = "this is the start")]
pub fn build(config: &Config, resources: &Resources, outgoing: &Outgoing, erasers: Erasers) -> Service {
    let keys = KeyRing::new(resources.pool.clone(), config);
    let peers = Peers::new(resources.identity.clone(), outgoing.account.clone(), erasers);
    let outbox = Outbox::new(resources.pool.clone(), Delivery::new(resources, outgoing, peers, keys.clone()));
    let auth = Auth {
        pool: resources.pool.clone(),
        access: resources.access.clone(),
        hasher: Hasher::new(config.hash_concurrency.map(usize::from)).expect("threads that hash passwords start"),
        keys: keys.clone(),
        outbox: outbox.clone(),
        token_ttl: config.token_ttl(),
    };
    let pool = resources.pool.clone();
    Service::new(&[auth_service_server::SERVICE_NAME], routes(auth))
        .worker(|shutdown| keys.run(shutdown))
        .worker(|shutdown| outbox.run(shutdown))
        .worker(|shutdown| janitor::run(pool, EXPIRING, shutdown))
}

fn routes(auth: Auth) -> Routes {
    let public = AuthServiceServer::new(auth.clone()).max_decoding_message_size(MAX_REQUEST);
    let internal = AuthInternalServiceServer::new(auth.clone()).max_decoding_message_size(MAX_REQUEST);
    let admin = AuthAdminServiceServer::new(auth).max_decoding_message_size(MAX_REQUEST);
    Routes::new(public)
        .add_service(InterceptedService::new(internal, identity::services_only))
        .add_service(InterceptedService::new(admin, identity::services_only))
}
