//! The rpcs of auth, over the network, on a real PostgreSQL and a real mail server.

#![allow(clippy::unwrap_used)]

mod logout;

#[tokio::test]
async fn the_schema_in_the_code_is_that_of_the_database() {
    let database = connectus_testkit::Database::new().await;
    let code = include_str!("../../src/store/schema.rs");
    for (name, table) in connectus_testkit::schema::tables(&database, "auth").await {
        assert!(name == "outbox" || code.contains(&table), "{table}");
    }
}
