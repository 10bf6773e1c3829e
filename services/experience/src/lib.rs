//! The experience service: records of what people did, and their confirmation by those they did it for.

mod accounts;
mod delivery;
mod domain;
mod mails;
mod rpc;
mod store;

use connectus_platform::{
    janitor,
    migrate::Schema,
    outbox::Outbox,
    service::{Outgoing, Resources, Service},
};
use connectus_proto::experience::v1::experience_service_server::{self, ExperienceServiceServer};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use tonic::service::Routes;

use crate::{delivery::Delivery, rpc::Experiences};

/// How large a request may be, in bytes.
const MAX_REQUEST: usize = 256 * 1024;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/experience");

/// The service's schema.
#[must_use]
pub fn schema() -> Schema {
    Schema { service: "experience", migrations: MIGRATIONS }
}

/// Builds the service.
#[must_use]
pub fn build(resources: &Resources, outgoing: &Outgoing) -> Service {
    let pool = resources.pool.clone();
    let outbox = Outbox::new(pool.clone(), Delivery::new(pool.clone(), outgoing.clone()));
    let experiences = Experiences { pool: pool.clone(), account: outgoing.account.clone(), outbox: outbox.clone() };
    let server = ExperienceServiceServer::new(experiences).max_decoding_message_size(MAX_REQUEST);
    Service::new(experience_service_server::SERVICE_NAME, Routes::new(server))
        .worker(|shutdown| outbox.run(shutdown))
        .worker(|shutdown| janitor::run(pool, &["approval_links"], shutdown))
}
