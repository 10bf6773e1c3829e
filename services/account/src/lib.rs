//! The account service: accounts as people see them, their profiles, and their settings.

mod delivery;
mod domain;
mod rpc;
mod store;

use connectus_platform::{
    identity, janitor,
    migrate::Schema,
    outbox::Outbox,
    peer::Channel,
    service::{Resources, Service},
};
use connectus_proto::account::v1::{
    account_admin_service_server::AccountAdminServiceServer,
    account_internal_service_server::AccountInternalServiceServer,
    account_service_server::{self, AccountServiceServer},
    connection_service_server::{self, ConnectionServiceServer},
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use tonic::service::{Routes, interceptor::InterceptedService};

use crate::{delivery::Delivery, rpc::Accounts, store::looks::looks};

/// How large a request may be, in bytes.
const MAX_REQUEST: usize = 1024 * 1024;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/account");

/// The service's schema.
#[must_use]
pub fn schema() -> Schema {
    Schema { service: "account", migrations: MIGRATIONS, extensions: &["pg_trgm", "unaccent"] }
}

/// The tables whose rows have had no effect since they expired.
const EXPIRING: &[&str] = &["throttles", "idempotency_keys"];

/// What only reads, and may be answered from a replica: what anybody may see of accounts. Neither what is a person's alone, which is
/// asked to be changed, nor how accounts stand to each other, by which the other services decide.
const MAY_BE_STALE: &[&str] = &[
    "connectus.account.v1.AccountService/GetAccount",
    "connectus.account.v1.AccountService/BatchGetAccounts",
    "connectus.account.v1.AccountService/GetProfile",
    "connectus.account.v1.AccountService/SearchAccounts",
    "connectus.account.v1.ConnectionService/ListConnections",
];

/// Builds the service, which tells the social service of connections, and the community service of people.
#[must_use]
pub fn build(resources: &Resources, social: Channel, community: Channel) -> Service {
    let pool = resources.pool.clone();
    let delivery = Delivery::new(resources.identity.clone(), social, community);
    let outbox = Outbox::new(pool.clone(), delivery);
    let accounts = Accounts { pool: pool.clone(), looks: looks(pool.clone()), outbox: outbox.clone() };
    let public = AccountServiceServer::new(accounts.clone()).max_decoding_message_size(MAX_REQUEST);
    let connections = ConnectionServiceServer::new(accounts.clone()).max_decoding_message_size(MAX_REQUEST);
    let internal = AccountInternalServiceServer::new(accounts.clone()).max_decoding_message_size(MAX_REQUEST);
    let admin = AccountAdminServiceServer::new(accounts).max_decoding_message_size(MAX_REQUEST);
    let routes = Routes::new(public)
        .add_service(connections)
        .add_service(InterceptedService::new(internal, identity::services_only))
        .add_service(InterceptedService::new(admin, identity::services_only));
    Service::new(&[account_service_server::SERVICE_NAME, connection_service_server::SERVICE_NAME], routes)
        .may_be_stale(MAY_BE_STALE)
        .worker(|shutdown| outbox.run(shutdown))
        .worker(|shutdown| janitor::run(pool, EXPIRING, shutdown))
}
