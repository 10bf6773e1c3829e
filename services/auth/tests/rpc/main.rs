//! The rpcs of auth, over the network, on a real PostgreSQL and a real mail server.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod admin;
mod change_email;
mod change_password;
mod delete_account;
mod enumeration;
mod export_data;
mod faults;
mod forged_tokens;
mod former_hashes;
mod idempotency;
mod introspect_token;
mod janitor;
mod login;
mod logout;
mod new_accounts;
mod overload;
mod poll_access;
mod register;
mod register_fields;
mod replicas;
mod request_password_reset;
mod resend_verification;
mod reset_password;
mod secrets;
mod security_events;
mod sessions;
mod signing_keys;
mod support;
mod throttle;
mod tokens;
mod verified_email;
mod verify_email;

#[tokio::test]
async fn the_schema_in_the_code_is_that_of_the_database() {
    let database = connectus_testkit::Database::new().await;
    let code = include_str!("../../src/store/schema.rs");
    for (name, table) in connectus_testkit::schema::tables(&database, "auth").await {
        // The platform has these, in every service that uses them.
        let is_common = ["idempotency_keys", "outbox", "throttles"].contains(&name.as_str());
        assert!(is_common || code.contains(&table), "{table}");
    }
}
