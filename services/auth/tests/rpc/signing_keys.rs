//! ListSigningKeys and RotateSigningKeys.

use connectus_platform::{identity::ServiceIdentity, status};
use connectus_proto::{
    auth::v1::{RotateSigningKeysRequest, SigningKey},
    common::v1::ErrorReason,
};
use connectus_testkit::{Database, Options, PASSWORD, Suite, eventually, people::user_registration, refusal};
use ed25519_dalek::{SigningKey as Ed25519Key, pkcs8::DecodePrivateKey};
use futures::future::join_all;
use tonic::{Code, Request};

use crate::support::{is_accepted, key_id, register_and_read, signing_keys, verify_email};

/// How many keys an unexpired token may be signed with, at most.
const MOST_KEYS: usize = 16;

async fn rotate(suite: &Suite) -> String {
    let request = suite.as_service(RotateSigningKeysRequest::default());
    suite.auth_internal().rotate_signing_keys(request).await.unwrap().into_inner().key_id
}

fn ids(keys: &[SigningKey]) -> Vec<&str> {
    keys.iter().map(|key| key.key_id.as_str()).collect()
}

/// Waits until a suite publishes so many keys.
async fn until_keys(suite: &Suite, number: usize) -> Vec<SigningKey> {
    eventually("the keys are published", async || {
        let keys = signing_keys(suite).await;
        (keys.len() == number).then_some(keys)
    })
    .await
}

/// Lets the time pass after which tokens are signed with the newest key, and waits until they are.
async fn activate(suite: &Suite, key: &str, email: &str) -> String {
    let update = format!("UPDATE auth.signing_keys SET active_at = now() WHERE key_id = '{key}'");
    suite.database.execute(&update).await;
    eventually("tokens are signed with the new key", async || {
        let token = suite.login(email, PASSWORD).await;
        (key_id(&token) == key).then_some(token)
    })
    .await
}

#[tokio::test]
async fn anybody_may_list_the_keys() {
    let suite = Suite::start().await;
    let keys = signing_keys(&suite).await;
    assert_eq!(keys.len(), 1);
    let private: Vec<u8> = suite.database.value("SELECT private_key FROM auth.signing_keys").await;
    let public = Ed25519Key::from_pkcs8_der(&private).unwrap().verifying_key();
    assert_eq!(keys[0].public_key, public.to_bytes());
}

#[tokio::test]
async fn a_rotation_logs_nobody_out() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let link = register_and_read(&suite, user_registration("Ben")).await;
    let first = signing_keys(&suite).await.remove(0).key_id;
    let second = rotate(&suite).await;
    assert_eq!(ids(&signing_keys(&suite).await), [second.as_str(), first.as_str()], "newest first");
    let new = activate(&suite, &second, &ann.email).await;
    for token in [&ann.token, &new] {
        assert!(is_accepted(&suite, token).await);
    }
    // A link that is on its way works too.
    verify_email(&suite, &link).await.unwrap();
}

#[tokio::test]
async fn a_key_that_is_taken_away_takes_its_tokens_with_it() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let first = signing_keys(&suite).await.remove(0).key_id;
    let second = rotate(&suite).await;
    let new = activate(&suite, &second, &ann.email).await;
    assert!(is_accepted(&suite, &ann.token).await);
    suite.database.execute(&format!("DELETE FROM auth.signing_keys WHERE key_id = '{first}'")).await;
    eventually("the key is not good any more", async || (!is_accepted(&suite, &ann.token).await).then_some(())).await;
    assert!(is_accepted(&suite, &new).await);
}

#[tokio::test]
async fn a_new_key_is_published_before_it_signs() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let second = rotate(&suite).await;
    let in_advance =
        format!("SELECT active_at > now() + interval '2 seconds' FROM auth.signing_keys WHERE key_id = '{second}'");
    assert!(suite.database.value::<bool>(&in_advance).await, "every replica learns of it in time");
    assert_eq!(key_id(&suite.login(&ann.email, PASSWORD).await), key_id(&ann.token));
}

#[tokio::test]
async fn only_a_service_of_the_suite_may_rotate() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let foreign = ServiceIdentity::random().sign(Request::new(RotateSigningKeysRequest::default()));
    for request in
        [Request::new(RotateSigningKeysRequest::default()), ann.asks(RotateSigningKeysRequest::default()), foreign]
    {
        let answer = suite.auth_internal().rotate_signing_keys(request).await;
        assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::ServiceIdentityRequired));
    }
    assert_eq!(signing_keys(&suite).await.len(), 1);
}

#[tokio::test]
async fn a_key_whose_time_has_come_is_replaced_once_by_all_replicas() {
    let database = Database::new().await;
    let age = "UPDATE auth.signing_keys SET active_at = now() - interval '31 days'";
    let first = Suite::with(Options { database: Some(database.share().await), ..Options::default() }).await;
    let ann = first.user("Ann").await;
    let second = Suite::with(Options { database: Some(database.share().await), ..Options::default() }).await;
    until_keys(&second, 1).await;
    database.execute(age).await;
    let keys = until_keys(&first, 2).await;
    assert_eq!(until_keys(&second, 2).await, keys);
    activate(&first, &keys[0].key_id, &ann.email).await;
    assert!(is_accepted(&second, &ann.token).await);
    assert_eq!(database.value::<i64>("SELECT count(*) FROM auth.signing_keys").await, 2);
}

#[tokio::test]
async fn when_keys_are_replaced_can_be_set() {
    let suite = Suite::with(Options { auth: vec!["--key-rotation", "2"], ..Options::default() }).await;
    until_keys(&suite, 1).await;
    suite.database.execute("UPDATE auth.signing_keys SET active_at = now() - interval '49 hours'").await;
    until_keys(&suite, 2).await;
}

#[tokio::test]
async fn replicas_that_start_at_once_make_one_first_key() {
    let database = Database::new().await;
    let suites =
        join_all((0..3).map(async |_| {
            Suite::with(Options { database: Some(database.share().await), ..Options::default() }).await
        }))
        .await;
    let mut published = Vec::new();
    for suite in &suites {
        published.push(until_keys(suite, 1).await);
    }
    assert!(published.iter().all(|keys| *keys == published[0]), "{published:?}");
    assert_eq!(database.value::<i64>("SELECT count(*) FROM auth.signing_keys").await, 1);
}

#[tokio::test]
async fn a_suite_that_starts_again_keeps_its_key() {
    let database = Database::new().await;
    let before = Suite::with(Options { database: Some(database.share().await), ..Options::default() }).await;
    let ann = before.user("Ann").await;
    drop(before);
    let after = Suite::with(Options { database: Some(database.share().await), ..Options::default() }).await;
    assert!(is_accepted(&after, &ann.token).await);
    assert_eq!(key_id(&after.login(&ann.email, PASSWORD).await), key_id(&ann.token));
}

#[tokio::test]
async fn past_the_most_keys_a_rotation_is_refused_and_no_key_goes() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for _ in 1..MOST_KEYS {
        rotate(&suite).await;
    }
    let request = suite.as_service(RotateSigningKeysRequest::default());
    let status = suite.auth_internal().rotate_signing_keys(request).await.unwrap_err();
    assert!(status::retry_after(&status).is_some(), "{status:?}");
    assert_eq!(refusal::<()>(Err(status)), (Code::ResourceExhausted, ErrorReason::Overloaded));
    assert_eq!(signing_keys(&suite).await.len(), MOST_KEYS);
    assert!(is_accepted(&suite, &ann.token).await, "its key has signed an unexpired token");
}
