//! Which tokens are good, when auth answers and when it does not.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use connectus_platform::{
    access::AccessFeed,
    identity::{Refusal, ServiceIdentity},
    peer, status,
};
use connectus_proto::{account::v1::GetSettingsRequest, auth::v1::LogoutEverywhereRequest, common::v1::ErrorReason};
use connectus_testkit::{Options, PATIENCE, Person, Suite, eventually, suite::pool};
use futures::future::join_all;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};

use crate::{probe::Served, suite_feed};

/// A suite that must learn of revocations every second.
async fn strict() -> Suite {
    Suite::with(Options { access_max_age: Some(Duration::from_secs(1)), ..Options::default() }).await
}

async fn ask(suite: &Suite, person: &Person) -> Result<(), Status> {
    suite.account().get_settings(person.asks(GetSettingsRequest {})).await.map(drop)
}

/// Waits until the suite says that it cannot tell whose tokens are good.
async fn until_it_cannot_tell(suite: &Suite, person: &Person) {
    eventually("no token is accepted", async || {
        let status = ask(suite, person).await.err()?;
        let unknown = (Code::Unavailable, Some(ErrorReason::AccessUnknown));
        assert_eq!((status.code(), status::reason(&status)), unknown);
        Some(())
    })
    .await;
}

async fn until_it_can_again(suite: &Suite, person: &Person) {
    eventually("tokens are accepted again", async || ask(suite, person).await.ok()).await;
}

#[tokio::test]
async fn without_news_from_auth_no_token_is_accepted_until_it_is_back() {
    let suite = strict().await;
    let ann = suite.user("Ann").await;
    suite.database.execute("ALTER TABLE auth.access_changes RENAME TO away").await;
    until_it_cannot_tell(&suite, &ann).await;
    suite.database.execute("ALTER TABLE auth.away RENAME TO access_changes").await;
    until_it_can_again(&suite, &ann).await;
}

#[tokio::test]
async fn an_auth_that_says_nothing_is_no_better_than_one_that_fails() {
    let suite = strict().await;
    let ann = suite.user("Ann").await;
    let mut other = suite.database.connect().await;
    let lock = other.transaction().await.unwrap();
    lock.batch_execute("LOCK TABLE auth.access_changes IN ACCESS EXCLUSIVE MODE").await.unwrap();
    until_it_cannot_tell(&suite, &ann).await;
    lock.rollback().await.unwrap();
    until_it_can_again(&suite, &ann).await;
}

#[tokio::test]
async fn a_revocation_made_while_auth_was_away_is_learnt_before_any_token_is_accepted() {
    let suite = strict().await;
    let ann = suite.user("Ann").await;
    suite.database.execute("REVOKE SELECT ON auth.access_changes FROM connectus_auth").await;
    until_it_cannot_tell(&suite, &ann).await;
    let revoke = format!(
        "INSERT INTO auth.access_changes (account_id, min_generation, email_verified, expires_at) \
         VALUES ('{}', 1, true, now() + interval '1 day')",
        ann.id
    );
    suite.database.execute(&revoke).await;
    suite.database.execute("GRANT SELECT ON auth.access_changes TO connectus_auth").await;
    eventually("the suite can tell again", async || {
        let status = ask(&suite, &ann).await.expect_err("a revoked token is never accepted");
        (status::reason(&status) == Some(ErrorReason::TokenInvalid)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_replica_that_starts_late_knows_every_revocation() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    suite.auth().logout_everywhere(ann.asks(LogoutEverywhereRequest {})).await.unwrap();
    // More than auth sends at once.
    let many = "INSERT INTO auth.access_changes (token_id, expires_at) \
                SELECT gen_random_uuid(), now() + interval '1 day' FROM generate_series(1, 2500)";
    suite.database.execute(many).await;
    let (feed, _end) = suite_feed(&suite, Duration::from_secs(5));
    assert!(!feed.is_fresh(), "it knows nothing yet");
    eventually("it is up to date", async || feed.is_fresh().then_some(())).await;
    assert_eq!(feed.verify(&ann.token).await, Err(Refusal::Invalid));
    assert_eq!(feed.verify(&ben.token).await.unwrap().account_id.to_string(), ben.id);
}

/// A token that says it is signed with a key.
fn signed_with(key_id: &str) -> String {
    let header = serde_json::json!({"typ": "JWT", "alg": "EdDSA", "kid": key_id});
    format!("{}.e30.c2lnbmF0dXJl", BASE64_URL_SAFE_NO_PAD.encode(header.to_string()))
}

#[tokio::test]
async fn many_unknown_keys_cause_one_fetch() {
    let auth = Served::start().await;
    let feed = AccessFeed::new(peer::remote(&auth.url()).unwrap(), auth.identity.clone(), PATIENCE);
    let end = CancellationToken::new();
    let _end = end.clone().drop_guard();
    tokio::spawn(feed.clone().run(end));
    eventually("it is up to date", async || feed.is_fresh().then_some(())).await;
    let fetches = || auth.shared.seen.lock().unwrap().len();
    let before = fetches();
    let verdicts = join_all((0..200).map(|number| {
        let feed = feed.clone();
        async move { feed.verify(&signed_with(&format!("key-{number}"))).await }
    }));
    assert_eq!(verdicts.await, vec![Err(Refusal::Invalid); 200]);
    // One that was under way already may come before the one that they wait for.
    assert!((1..=2).contains(&(fetches() - before)), "{} fetches", fetches() - before);
}

#[tokio::test]
async fn a_feed_without_the_shared_secret_learns_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let auth = peer::remote(&format!("http://{}", suite.grpc)).unwrap();
    let stranger = ServiceIdentity::random();
    let feed = AccessFeed::new(auth, stranger, Duration::from_secs(5));
    let shutdown = CancellationToken::new();
    let _end = shutdown.clone().drop_guard();
    tokio::spawn(feed.clone().run(shutdown));
    // It waits for the next poll, since it knows no key.
    assert_eq!(feed.verify(&ann.token).await, Err(Refusal::Unknown));
    assert!(!feed.is_fresh());
    drop(pool(&suite.database, "auth"));
}
