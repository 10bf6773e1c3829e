//! The experience service: records of what people did, their confirmation by those they did it for, and what organizations need
//! people for.

mod accounts;
mod delivery;
mod domain;
mod mails;
mod rpc;
mod store;

use connectus_platform::{
    identity, janitor,
    migrate::Schema,
    outbox::Outbox,
    peer::Channel,
    service::{Outgoing, Resources, Service},
};
use connectus_proto::experience::v1::{
    experience_admin_service_server::ExperienceAdminServiceServer,
    experience_internal_service_server::ExperienceInternalServiceServer,
    experience_service_server::{self, ExperienceServiceServer},
    opportunity_service_server::{self, OpportunityServiceServer},
};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use tonic::service::{Routes, interceptor::InterceptedService};

use crate::{accounts::Relations, delivery::Delivery, rpc::Experiences};

/// How large a request may be, in bytes.
const MAX_REQUEST: usize = 256 * 1024;
/// How large a request of an operator may be: a hundred experiences, as long as they may be.
const MAX_IMPORT: usize = 100 * 32 * 1024;

/// The tables whose rows have had no effect since they expired.
const EXPIRING: &[&str] = &["approval_links", "throttles", "idempotency_keys"];

/// What its contracts call it.
const NAMES: &[&str] = &[experience_service_server::SERVICE_NAME, opportunity_service_server::SERVICE_NAME];

/// What only reads, and may be answered from a replica: what anybody may see. Neither what waits for an organization's decision, nor
/// what a person has signed up for.
const MAY_BE_STALE: &[&str] = &[
    "connectus.experience.v1.ExperienceService/ListExperiences",
    "connectus.experience.v1.OpportunityService/GetOpportunity",
    "connectus.experience.v1.OpportunityService/ListOpportunities",
    "connectus.experience.v1.OpportunityService/SearchOpportunities",
];

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/experience");

/// The service's schema.
#[must_use]
pub fn schema() -> Schema {
    Schema { service: "experience", migrations: MIGRATIONS, extensions: &["pg_trgm", "unaccent"] }
}

/// Builds the service, which tells the social service what people are to be notified of, and the community service what was confirmed.
#[must_use]
pub fn build(resources: &Resources, outgoing: &Outgoing, social: Channel, community: Channel) -> Service {
    let pool = resources.pool.clone();
    let outbox = Outbox::new(pool.clone(), Delivery::new(resources, outgoing, social, community));
    let account = outgoing.account.clone();
    let relations = Relations::new(resources.identity.clone(), account.clone());
    let experiences = Experiences { pool: pool.clone(), account, relations, outbox: outbox.clone() };
    Service::new(NAMES, routes(experiences))
        .may_be_stale(MAY_BE_STALE)
        .worker(|shutdown| outbox.run(shutdown))
        .worker(|shutdown| janitor::run(pool, EXPIRING, shutdown))
}

fn routes(experiences: Experiences) -> Routes {
    let public = ExperienceServiceServer::new(experiences.clone()).max_decoding_message_size(MAX_REQUEST);
    let opportunities = OpportunityServiceServer::new(experiences.clone()).max_decoding_message_size(MAX_REQUEST);
    let internal = ExperienceInternalServiceServer::new(experiences.clone()).max_decoding_message_size(MAX_REQUEST);
    let admin = ExperienceAdminServiceServer::new(experiences).max_decoding_message_size(MAX_IMPORT);
    Routes::new(public)
        .add_service(opportunities)
        .add_service(InterceptedService::new(internal, identity::services_only))
        .add_service(InterceptedService::new(admin, identity::services_only))
}
