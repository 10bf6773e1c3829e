//! DeleteAccount.

use connectus_proto::{auth::v1::DeleteAccountRequest, common::v1::ErrorReason};
use connectus_testkit::{PASSWORD, Person, Suite, eventually, people::user_registration, refusal};
use futures::future::join_all;
use tonic::{Code, Status};

use crate::support::{
    LOGIN_REFUSED, introspect, is_accepted, login, register_and_read, request_reset, reset_password, reset_token,
    until, until_settled, verify_email,
};

async fn delete(suite: &Suite, person: &Person, password: &str) -> Result<(), Status> {
    let request = DeleteAccountRequest { password: password.to_owned() };
    suite.auth().delete_account(person.asks(request)).await?;
    Ok(())
}

/// Waits until a token is no good any more.
async fn until_inactive(suite: &Suite, token: &str) {
    eventually("the token is no good", async || (!introspect(suite, token).await.ok()?.active).then_some(())).await;
}

/// What of auth's tables still names somebody: their id, or their address.
async fn traces(suite: &Suite, person: &Person) -> Vec<String> {
    let mut found = Vec::new();
    for table in ["accounts", "email_changes", "mail_links", "sessions", "outbox", "access_changes", "security_events"]
    {
        let query = format!(
            "SELECT count(*) FROM auth.{table} t WHERE to_jsonb(t)::text ILIKE '%{}%' OR to_jsonb(t)::text LIKE '%{}%'",
            person.email, person.id
        );
        if suite.database.value::<i64>(&query).await > 0 {
            found.push(table.to_owned());
        }
    }
    found
}

#[tokio::test]
async fn who_is_deleted_cannot_log_in_and_no_token_or_link_works() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let link = reset_token(&suite, &ann.email).await;
    delete(&suite, &ann, PASSWORD).await.unwrap();
    until_inactive(&suite, &ann.token).await;
    for id in [&ann.email, &ann.id] {
        assert_eq!(refusal(login(&suite, id, PASSWORD).await), LOGIN_REFUSED);
    }
    let gone = reset_password(&suite, &link, "another password").await;
    assert_eq!(refusal(gone), (Code::NotFound, ErrorReason::LinkAccountGone));
    assert!(is_accepted(&suite, &ben.token).await);
}

#[tokio::test]
async fn nothing_personal_is_left_but_that_it_happened() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    request_reset(&suite, &ann.email).await.unwrap();
    until_settled(&suite).await;
    delete(&suite, &ann, PASSWORD).await.unwrap();
    let goodbye = suite.mail.next_about(&ann.email, "Your account was deleted").await;
    assert!(!goodbye.text.contains("http"), "{}", goodbye.text);
    until(&suite.database, "SELECT count(*) = 4 FROM auth.outbox").await;
    // What is left has the id, which now means nobody: revocations, the second erasure, and the events.
    assert_eq!(traces(&suite, &ann).await, ["outbox", "access_changes", "security_events"]);
    let personal = "SELECT count(*) FROM auth.security_events WHERE client_address || device || detail <> ''";
    assert_eq!(suite.database.value::<i64>(personal).await, 0);
    let kinds =
        format!("SELECT string_agg(kind, ' ' ORDER BY id) FROM auth.security_events WHERE account_id = '{}'", ann.id);
    assert!(suite.database.value::<String>(&kinds).await.ends_with("deleted"));
}

#[tokio::test]
async fn every_service_is_told_at_once_and_again_later() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    until_settled(&suite).await;
    delete(&suite, &ann, PASSWORD).await.unwrap();
    until(&suite.database, "SELECT count(*) = 4 FROM auth.outbox").await;
    let later = "SELECT string_agg(payload->>'service', ' ' ORDER BY payload->>'service') || ' ' || \
                 bool_and(due_at BETWEEN now() + interval '4 minutes' AND now() + interval '5 minutes') FROM auth.outbox";
    assert_eq!(suite.database.value::<String>(later).await, "account community experience social true");
}

#[tokio::test]
async fn it_takes_the_password() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let wrong = delete(&suite, &ann, "a wrong password").await;
    assert_eq!(refusal(wrong), (Code::PermissionDenied, ErrorReason::PasswordWrong));
    assert!(is_accepted(&suite, &ann.token).await);
    login(&suite, &ann.email, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn the_address_is_free_again_and_belongs_to_somebody_new() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    delete(&suite, &ann, PASSWORD).await.unwrap();
    suite.mail.next_about(&ann.email, "Your account was deleted").await;
    let token = register_and_read(&suite, user_registration("Ann")).await;
    verify_email(&suite, &token).await.unwrap();
    let login = login(&suite, &ann.email, PASSWORD).await.unwrap();
    assert_ne!(login.account_id, ann.id);
    until_inactive(&suite, &ann.token).await;
    assert!(is_accepted(&suite, &login.access_token).await);
}

#[tokio::test]
async fn of_many_who_delete_at_once_one_does_and_nothing_is_half_done() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    until_settled(&suite).await;
    let answers = join_all((0..6).map(|_| delete(&suite, &ann, PASSWORD))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    until(&suite.database, "SELECT count(*) = 4 FROM auth.outbox").await;
    let deleted = "SELECT count(*) FROM auth.security_events WHERE kind = 'deleted'";
    assert_eq!(suite.database.value::<i64>(deleted).await, 1);
}

#[tokio::test]
async fn an_account_that_was_never_made_elsewhere_is_not_made_after_its_end() {
    let suite = Suite::start().await;
    suite.database.execute("ALTER TABLE account.accounts RENAME TO broken").await;
    let token = register_and_read(&suite, user_registration("Ann")).await;
    verify_email(&suite, &token).await.unwrap();
    let login = login(&suite, "ann@example.org", PASSWORD).await.unwrap();
    let ann = Person { id: login.account_id, email: "ann@example.org".to_owned(), token: login.access_token };
    delete(&suite, &ann, PASSWORD).await.unwrap();
    suite.database.execute("ALTER TABLE account.broken RENAME TO accounts").await;
    suite.database.execute("UPDATE auth.outbox SET due_at = now()").await;
    until_settled(&suite).await;
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM account.accounts").await, 0);
}
