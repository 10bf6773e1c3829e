//! The rpcs of account, over the network, on a real PostgreSQL.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod affiliations;
mod batch_get_accounts;
mod block_account;
mod blocks;
mod connection_limits;
mod connection_lists;
mod connection_model;
mod connection_races;
mod connections;
mod contacts;
mod create_account;
mod dead_messages;
mod erase_account;
mod export_data;
mod faults;
mod former_ids;
mod get_account;
mod import_account;
mod import_blocks;
mod janitor;
mod network;
mod notes;
mod numbers;
mod privacy;
mod profile_limits;
mod profiles;
mod races;
mod scale;
mod search;
mod search_pages;
mod search_places;
mod services_only;
mod set_email;
mod settings;
mod stale;
mod support;
mod tokens;
mod update_account;
mod update_account_limits;
mod verify_organization;

#[tokio::test]
async fn the_schema_in_the_code_is_that_of_the_database() {
    let database = connectus_testkit::Database::new().await;
    let code = include_str!("../../src/store/schema.rs");
    for (_, table) in connectus_testkit::schema::tables(&database, "account").await {
        assert!(code.contains(&table), "{table}");
    }
}
