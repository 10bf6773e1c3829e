//! Several replicas on one database.

use std::time::{Duration, Instant};

use connectus_proto::auth::v1::{LogoutEverywhereRequest, LogoutRequest};
use connectus_testkit::{Database, Options, PASSWORD, Person, Suite, as_caller, eventually, people::user_registration};
use futures::future::join;

use crate::support::{
    NEW_PASSWORD, is_accepted, register, request_reset, reset_password, until_refused, until_settled,
};

/// What a revocation may take to reach every replica.
const SECOND: Duration = Duration::from_secs(1);

async fn replica(database: &Database) -> Suite {
    Suite::with(Options { database: Some(database.share().await), ..Options::default() }).await
}

/// Two replicas, and somebody with a second token whom both know.
async fn two_replicas() -> (Suite, Suite, Person, String) {
    let database = Database::new().await;
    let first = replica(&database).await;
    let ann = first.user("Ann").await;
    // The second comes once no mail is left to send, since each has a mail server of its own here.
    until_settled(&first).await;
    let second = replica(&database).await;
    let token = first.login(&ann.email, PASSWORD).await;
    eventually("the second replica knows the keys", async || is_accepted(&second, &token).await.then_some(())).await;
    (first, second, ann, token)
}

/// The token of a link for a new password, which either replica may mail.
async fn reset_link(first: &Suite, second: &Suite, person: &Person) -> String {
    request_reset(first, &person.email).await.unwrap();
    let mail = tokio::select! {
        mail = first.mail.next(&person.email) => mail,
        mail = second.mail.next(&person.email) => mail,
    };
    mail.token().to_owned()
}

#[tokio::test]
async fn a_token_is_good_at_every_replica() {
    let (first, second, ann, _) = two_replicas().await;
    let token = second.login(&ann.email, PASSWORD).await;
    for suite in [&first, &second] {
        assert!(is_accepted(suite, &token).await);
        assert!(is_accepted(suite, &ann.token).await);
    }
}

#[tokio::test]
async fn every_revocation_reaches_the_other_replica_within_a_second() {
    let (first, second, ann, other) = two_replicas().await;
    first.auth().logout(ann.asks(LogoutRequest {})).await.unwrap();
    let began = Instant::now();
    until_refused(&second, &ann.token).await;
    assert!(began.elapsed() < SECOND, "logout took {:?}", began.elapsed());
    assert!(is_accepted(&second, &other).await);

    first.auth().logout_everywhere(as_caller(&other, LogoutEverywhereRequest {})).await.unwrap();
    let began = Instant::now();
    until_refused(&second, &other).await;
    assert!(began.elapsed() < SECOND, "logout everywhere took {:?}", began.elapsed());

    let token = second.login(&ann.email, PASSWORD).await;
    assert!(is_accepted(&second, &token).await);
    let link = reset_link(&first, &second, &ann).await;
    reset_password(&first, &link, NEW_PASSWORD).await.unwrap();
    let began = Instant::now();
    until_refused(&second, &token).await;
    assert!(began.elapsed() < SECOND, "the reset took {:?}", began.elapsed());
}

#[tokio::test]
async fn a_replica_that_starts_later_knows_what_was_revoked_before() {
    let database = Database::new().await;
    let first = replica(&database).await;
    let ann = first.user("Ann").await;
    let good = first.login(&ann.email, PASSWORD).await;
    first.auth().logout(ann.asks(LogoutRequest {})).await.unwrap();
    let second = replica(&database).await;
    // It accepts nothing before it knows, so that the first answer it gives is right.
    eventually("the second replica answers", async || is_accepted(&second, &good).await.then_some(())).await;
    assert!(!is_accepted(&second, &ann.token).await);
}

#[tokio::test]
async fn a_link_works_at_one_replica_only() {
    let (first, second, ann, _) = two_replicas().await;
    let link = reset_link(&first, &second, &ann).await;
    let (one, two) = join(
        reset_password(&first, &link, "the first new password"),
        reset_password(&second, &link, "the second new password"),
    )
    .await;
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let chosen = if one.is_ok() { "the first new password" } else { "the second new password" };
    first.login(&ann.email, chosen).await;
}

#[tokio::test]
async fn each_mail_is_sent_by_one_replica() {
    let database = Database::new().await;
    let suites = [replica(&database).await, replica(&database).await];
    for number in 0..10 {
        register(&suites[number % 2], user_registration(&format!("P{number}"))).await.unwrap();
    }
    until_settled(&suites[0]).await;
    let mut sent: Vec<_> = suites.iter().flat_map(|suite| suite.mail.received()).map(|mail| mail.to).collect();
    sent.sort();
    let expected: Vec<_> = (0..10).map(|number| format!("p{number}@example.org")).collect();
    assert_eq!(sent, expected);
}
