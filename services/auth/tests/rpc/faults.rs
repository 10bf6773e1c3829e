//! What auth answers while its database is stopped or broken.

use connectus_proto::{
    auth::v1::{ListSigningKeysRequest, LogoutRequest, RotateSigningKeysRequest},
    common::v1::ErrorReason,
};
use connectus_testkit::{Database, Options, PASSWORD, Server, Suite, eventually, people::user_registration, refusal};
use futures::{TryFutureExt, future::join4};
use tonic::{Code, Status};

use crate::support::{
    NEW_PASSWORD, login, register, register_and_read, request_reset, resend_verification, reset_password, reset_token,
    signing_keys, verify_email,
};

/// What the rpcs that write or read answer, each with its name.
async fn ask_everything(suite: &Suite, verify: &str, reset: &str) -> Vec<(&'static str, Result<(), Status>)> {
    let rotate = suite.as_service(RotateSigningKeysRequest::default());
    vec![
        ("register", register(suite, user_registration("Eve")).await),
        ("login", login(suite, "ann@example.org", PASSWORD).await.map(drop)),
        ("verify_email", verify_email(suite, verify).await),
        ("resend_verification", resend_verification(suite, "ben@example.org").await),
        ("request_reset", request_reset(suite, "ann@example.org").await),
        ("reset_password", reset_password(suite, reset, NEW_PASSWORD).await),
        ("rotate", suite.auth_internal().rotate_signing_keys(rotate).await.map(drop)),
    ]
}

#[tokio::test]
async fn while_the_database_is_stopped_everything_is_unavailable_and_nothing_is_lost() {
    let mut server = Server::start().await;
    let database = Some(server.database().await);
    let suite = Suite::with(Options { database, ..Options::default() }).await;
    let ann = suite.user("Ann").await;
    let verify = register_and_read(&suite, user_registration("Ben")).await;
    let reset = reset_token(&suite, &ann.email).await;
    server.stop().await;
    let mut answers = ask_everything(&suite, &verify, &reset).await;
    answers.push(("logout", suite.auth().logout(ann.asks(LogoutRequest {})).await.map(drop)));
    for (rpc, answer) in answers {
        assert_eq!(refusal(answer), (Code::Unavailable, ErrorReason::Unavailable), "{rpc}");
    }
    assert_eq!(signing_keys(&suite).await.len(), 1, "the keys are known");
    server.resume().await;
    eventually("auth works again", async || login(&suite, &ann.email, PASSWORD).await.ok()).await;
    for (rpc, answer) in ask_everything(&suite, &verify, &reset).await {
        answer.unwrap_or_else(|status| panic!("{rpc}: {status:?}"));
    }
}

#[tokio::test]
async fn what_is_broken_inside_is_not_told() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let verify = register_and_read(&suite, user_registration("Ben")).await;
    let reset = reset_token(&suite, &ann.email).await;
    for table in ["accounts", "mail_links", "outbox", "signing_keys"] {
        suite.database.execute(&format!("ALTER TABLE auth.{table} RENAME TO hidden_{table}")).await;
    }
    for (rpc, answer) in ask_everything(&suite, &verify, &reset).await {
        let status = answer.unwrap_err();
        assert!(!format!("{status:?}").contains("relation"), "{rpc}: {status:?}");
        assert_eq!(refusal::<()>(Err(status)), (Code::Internal, ErrorReason::Internal), "{rpc}");
    }
}

#[tokio::test]
async fn connections_that_were_cut_off_are_replaced() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.database.cut_off().await;
    eventually("somebody can log in", async || login(&suite, &ann.email, PASSWORD).await.ok()).await;
}

#[tokio::test]
async fn a_link_is_not_called_invalid_while_the_keys_are_unknown() {
    let database = Database::new().await;
    let before = Suite::with(Options { database: Some(database.share().await), ..Options::default() }).await;
    let ann = before.user("Ann").await;
    let verify = register_and_read(&before, user_registration("Ben")).await;
    let reset = reset_token(&before, &ann.email).await;
    drop(before);
    database.execute("ALTER TABLE auth.signing_keys RENAME TO hidden_keys").await;
    let suite = Suite::with(Options { database: Some(database.share().await), ..Options::default() }).await;
    let mut auth = suite.auth();
    let (verified, reset_done, logged_in, listed) = join4(
        verify_email(&suite, &verify),
        reset_password(&suite, &reset, NEW_PASSWORD),
        login(&suite, &ann.email, PASSWORD).map_ok(drop),
        auth.list_signing_keys(ListSigningKeysRequest {}).map_ok(drop),
    )
    .await;
    for answer in [verified, reset_done, logged_in, listed] {
        assert_eq!(refusal(answer), (Code::Unavailable, ErrorReason::Unavailable));
    }
    database.execute("ALTER TABLE auth.hidden_keys RENAME TO signing_keys").await;
    eventually("the link works", async || verify_email(&suite, &verify).await.ok()).await;
    reset_password(&suite, &reset, NEW_PASSWORD).await.unwrap();
}
