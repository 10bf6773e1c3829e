//! What must be nowhere in the database: passwords, and tokens that open an account.

use std::fmt::Write;

use connectus_testkit::{Behaviour, Database, PASSWORD, Suite, people::user_registration};

use crate::support::{
    NEW_PASSWORD, login, register, register_and_read, request_reset, reset_password, until, verify_email,
};

const TABLES: &str = "SELECT array_agg(format('%I.%I', schemaname, tablename)) FROM pg_tables \
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";

/// Every row of every table as text.
async fn everything(database: &Database) -> String {
    let mut all = String::new();
    for table in database.value::<Vec<String>>(TABLES).await {
        let query = format!("SELECT coalesce(string_agg(r::text, E'\\n'), '') FROM {table} r");
        writeln!(all, "{table}: {}", database.value::<String>(&query).await).unwrap();
    }
    all
}

/// Bytes as PostgreSQL writes them.
fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

async fn assert_nowhere(database: &Database, secrets: &[&str]) {
    let all = everything(database).await;
    assert!(all.contains("ann@example.org"), "everything is looked at");
    for secret in secrets {
        assert!(!all.contains(secret), "{secret} is in the database: {all}");
        assert!(!all.contains(&hex(secret)), "{secret} is in the database: {all}");
    }
}

#[tokio::test]
async fn while_a_mail_waits_neither_password_nor_link_is_in_the_outbox() {
    let suite = Suite::start().await;
    suite.mail.behave(Behaviour::Trouble);
    register(&suite, user_registration("Ann")).await.unwrap();
    request_reset(&suite, "ann@example.org").await.unwrap();
    let failed = "SELECT count(*) = 2 FROM auth.outbox WHERE last_error IS NOT NULL";
    until(&suite.database, failed).await;
    // A JWT begins with `{"typ"` or `{"alg"` in base64.
    assert_nowhere(&suite.database, &[PASSWORD, "eyJ0eXAi", "eyJhbGci", "verify-email/", "password-reset/"]).await;
    // What went wrong is kept with the message, and names nobody.
    let errors: String = suite.database.value("SELECT string_agg(last_error, ' ') FROM auth.outbox").await;
    assert!(!errors.contains("ann"), "{errors}");
}

#[tokio::test]
async fn links_and_passwords_are_stored_hashed() {
    let suite = Suite::start().await;
    register(&suite, user_registration("Ann")).await.unwrap();
    let verify = suite.mail.next("ann@example.org").await;
    request_reset(&suite, "ann@example.org").await.unwrap();
    let reset = suite.mail.next("ann@example.org").await;
    let stored: i64 = suite.database.value("SELECT count(*) FROM auth.mail_links").await;
    assert_eq!(stored, 2);
    assert_nowhere(&suite.database, &[PASSWORD, verify.token(), reset.token(), "eyJ0eXAi", "eyJhbGci"]).await;
    // What identifies a link is the SHA-256 of its token.
    for mail in [&verify, &reset] {
        let known = format!("SELECT count(*) FROM auth.mail_links WHERE token_hash = sha256('{}')", mail.token());
        assert_eq!(suite.database.value::<i64>(&known).await, 1);
    }
    verify_email(&suite, verify.token()).await.unwrap();
    reset_password(&suite, reset.token(), NEW_PASSWORD).await.unwrap();
    let token = login(&suite, "ann@example.org", NEW_PASSWORD).await.unwrap().access_token;
    assert_nowhere(&suite.database, &[PASSWORD, NEW_PASSWORD, &token, verify.token(), reset.token()]).await;
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM auth.mail_links").await, 0);
}

#[tokio::test]
async fn what_is_stored_of_a_link_does_not_open_it() {
    let suite = Suite::start().await;
    let token = register_and_read(&suite, user_registration("Ann")).await;
    let stored: String = suite.database.value("SELECT encode(token_hash, 'hex') FROM auth.mail_links").await;
    verify_email(&suite, &stored).await.unwrap_err();
    verify_email(&suite, &token).await.unwrap();
}
