//! The community service: what organizations gather about their people from many sources, and the Community API.

mod budget;
mod config;
mod domain;
mod ingestion;
mod markup;
mod peers;
mod rpc;
mod store;
mod tokens;
mod volunteers;

use connectus_platform::{
    identity, janitor,
    migrate::Schema,
    service::{Resources, Service},
};
use connectus_proto::community::v1::{
    community_admin_service_server::CommunityAdminServiceServer,
    community_internal_service_server::CommunityInternalServiceServer,
    community_service_server::{self, CommunityServiceServer},
    management_service_server::{self, ManagementServiceServer},
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use tonic::service::{Routes, interceptor::InterceptedService};

pub use config::Config;
pub use peers::Peers;

use crate::{ingestion::Wake, peers::People, rpc::Communities, tokens::Signer};

/// How large a request may be, in bytes.
const MAX_REQUEST: usize = 1024 * 1024;

/// The tables whose rows have had no effect since they expired.
const EXPIRING: &[&str] = &["budgets", "idempotency_keys"];

/// What its contracts call it.
const NAMES: &[&str] = &[community_service_server::SERVICE_NAME, management_service_server::SERVICE_NAME];

/// What only reads, and may be answered from a replica: the lists that are long. Not who is found by a handle, which the statement that
/// counts the call does.
const MAY_BE_STALE: &[&str] = &[
    "connectus.community.v1.CommunityService/ListTags",
    "connectus.community.v1.ManagementService/ListMembers",
    "connectus.community.v1.ManagementService/ListActivities",
];

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/community");

/// The service's schema.
#[must_use]
pub fn schema() -> Schema {
    Schema { service: "community", migrations: MIGRATIONS, extensions: &[] }
}

/// Builds the service, which asks the others what people share.
#[must_use]
pub fn build(config: &Config, resources: &Resources, peers: Peers) -> Service {
    let pool = resources.pool.clone();
    let (wake, looks) = (Wake::default(), Wake::default());
    let communities = Communities {
        pool: pool.clone(),
        signer: Signer::new(&resources.identity),
        wake: wake.clone(),
        volunteers: looks.clone(),
        budget: config.budget(),
        anonymize_after: config.anonymize_after(),
    };
    let people = People::new(resources.identity.clone(), peers);
    let (working, measuring, forgetting, looking) = (pool.clone(), pool.clone(), pool.clone(), pool.clone());
    Service::new(NAMES, routes(communities))
        .may_be_stale(MAY_BE_STALE)
        .worker(|shutdown| ingestion::run(working, wake, shutdown))
        .worker(|shutdown| ingestion::measure(measuring, shutdown))
        .worker(|shutdown| ingestion::forget(forgetting, shutdown))
        .worker(|shutdown| volunteers::run(looking, people, looks, shutdown))
        .worker(|shutdown| janitor::run(pool, EXPIRING, shutdown))
}

fn routes(communities: Communities) -> Routes {
    let api = CommunityServiceServer::new(communities.clone()).max_decoding_message_size(MAX_REQUEST);
    let management = ManagementServiceServer::new(communities.clone()).max_decoding_message_size(MAX_REQUEST);
    let internal = CommunityInternalServiceServer::new(communities.clone()).max_decoding_message_size(MAX_REQUEST);
    let admin = CommunityAdminServiceServer::new(communities).max_decoding_message_size(MAX_REQUEST);
    Routes::new(api)
        .add_service(management)
        .add_service(InterceptedService::new(internal, identity::services_only))
        .add_service(InterceptedService::new(admin, identity::services_only))
}
