//! The rpcs of experience, over the network, on a real PostgreSQL and a real mail server.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod confirmations;
mod create_experience;
mod dead_messages;
mod decide_validation;
mod delete_experience;
mod delivery;
mod details;
mod erase_account;
mod erase_races;
mod export_data;
mod faults;
mod former_ids;
mod idempotency;
mod import_experiences;
mod janitor;
mod list_experiences;
mod list_validation_requests;
mod mailed_races;
mod mailed_validation;
mod mails;
mod model;
mod news;
mod opportunities;
mod organization_name;
mod replace_experience;
mod scale;
mod services_only;
mod stale;
mod support;
mod throttle;
mod tokens;
mod validators;

#[tokio::test]
async fn the_schema_in_the_code_is_that_of_the_database() {
    let database = connectus_testkit::Database::new().await;
    let own = include_str!("../../src/store/schema.rs");
    // Diesel has two names for this type.
    let shared = include_str!("../../../platform/src/outbox/schema.rs").replace("Integer", "Int4");
    for (name, table) in connectus_testkit::schema::tables(&database, "experience").await {
        let code = if name == "outbox" { &*shared } else { own };
        assert!(code.contains(&table), "{table}");
    }
}
