//! The rpcs of social, over the network, on a real PostgreSQL.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod dead_messages;
mod erase_account;
mod export_data;
mod faults;
mod idempotency;
mod janitor;
mod notifications;
pub(crate) mod posts;
mod services_only;
mod stale;
mod support;
mod tokens;

#[tokio::test]
async fn the_schema_in_the_code_is_that_of_the_database() {
    let database = connectus_testkit::Database::new().await;
    let own = include_str!("../../src/store/schema.rs");
    // Diesel has two names for this type.
    let shared = include_str!("../../../platform/src/outbox/schema.rs").replace("Integer", "Int4");
    for (name, table) in connectus_testkit::schema::tables(&database, "social").await {
        let code = if name == "outbox" { &*shared } else { own };
        assert!(code.contains(&table), "{table}");
    }
}
