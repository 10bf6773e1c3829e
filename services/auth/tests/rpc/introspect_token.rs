//! IntrospectToken.

use std::time::Duration;

use connectus_platform::identity::ServiceIdentity;
use connectus_proto::{
    auth::v1::{IntrospectTokenRequest, IntrospectTokenResponse, LogoutEverywhereRequest, LogoutRequest},
    common::v1::{AccountType, ErrorReason},
};
use connectus_testkit::{Options, PASSWORD, Person, Suite, as_caller, eventually, refusal};
use tonic::{Code, Request};

use crate::support::{claims, introspect};

/// Waits until a token is said to be good no more.
async fn until_inactive(suite: &Suite, token: &str) {
    let answer = eventually("the token is inactive", async || {
        let answer = introspect(suite, token).await.unwrap();
        (!answer.active).then_some(answer)
    })
    .await;
    assert_eq!(answer, IntrospectTokenResponse::default(), "nothing else is told");
}

/// Tells auth's replicas that tokens of an account are good from a generation on, if its address is verified.
async fn change_access(suite: &Suite, person: &Person, min_generation: i32, email_verified: bool) {
    let insert = format!(
        "INSERT INTO auth.access_changes (account_id, min_generation, email_verified, expires_at) \
         VALUES ('{}', {min_generation}, {email_verified}, now() + interval '1 day')",
        person.id
    );
    suite.database.execute(&insert).await;
}

#[tokio::test]
async fn a_good_token_is_active_and_its_owner_is_told() {
    let suite = Suite::start().await;
    for (person, account_type) in
        [(suite.user("Ann").await, AccountType::User), (suite.organization("Help").await, AccountType::Organization)]
    {
        let answer = introspect(&suite, &person.token).await.unwrap();
        assert!(answer.active);
        assert_eq!((answer.account_id.as_str(), answer.account_type()), (person.id.as_str(), account_type));
        assert_eq!(Some(answer.expire_time.unwrap().seconds), claims(&person.token)["exp"].as_i64());
    }
}

#[tokio::test]
async fn a_revoked_token_is_inactive() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    suite.auth().logout(ann.asks(LogoutRequest {})).await.unwrap();
    until_inactive(&suite, &ann.token).await;
    let again = suite.login(&ann.email, PASSWORD).await;
    suite.auth().logout_everywhere(as_caller(&again, LogoutEverywhereRequest {})).await.unwrap();
    until_inactive(&suite, &again).await;
    assert!(introspect(&suite, &ben.token).await.unwrap().active);
}

#[tokio::test]
async fn garbage_is_inactive() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let too_long = format!("{}{}", ann.token, "x".repeat(4096));
    for garbage in ["", "x", "a.b.c", "\0", &ann.token[1..], &format!("Bearer {}", ann.token), &too_long] {
        assert_eq!(introspect(&suite, garbage).await.unwrap(), IntrospectTokenResponse::default(), "{garbage}");
    }
}

#[tokio::test]
async fn a_token_whose_owner_must_verify_again_is_inactive_until_then() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    change_access(&suite, &ann, 0, false).await;
    until_inactive(&suite, &ann.token).await;
    let answer = suite.auth().logout(ann.asks(LogoutRequest {})).await;
    assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::EmailUnverified));
    change_access(&suite, &ann, 0, true).await;
    eventually("the token is good again", async || introspect(&suite, &ann.token).await.unwrap().active.then_some(()))
        .await;
}

#[tokio::test]
async fn only_a_service_of_the_suite_may_ask() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let message = IntrospectTokenRequest { token: ann.token.clone() };
    let mut garbled = Request::new(message.clone());
    garbled.metadata_mut().insert("x-connectus-service", "x".parse().unwrap());
    let foreign = ServiceIdentity::random().sign(Request::new(message.clone()));
    for request in [Request::new(message.clone()), ann.asks(message.clone()), garbled, foreign] {
        let answer = suite.auth_internal().introspect_token(request).await;
        assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::ServiceIdentityRequired));
    }
}

#[tokio::test]
async fn what_cannot_be_told_now_is_not_said_to_be_bad() {
    let access_max_age = Some(Duration::from_millis(600));
    let suite = Suite::with(Options { access_max_age, ..Options::default() }).await;
    let ann = suite.user("Ann").await;
    suite.database.execute("ALTER TABLE auth.access_changes RENAME TO broken").await;
    let unknown = (Code::Unavailable, ErrorReason::AccessUnknown);
    let status = eventually("nobody knows", async || introspect(&suite, &ann.token).await.err()).await;
    assert_eq!(refusal::<()>(Err(status)), unknown);
    assert_eq!(refusal(suite.auth().logout(ann.asks(LogoutRequest {})).await), unknown);
    assert_eq!(refusal(introspect(&suite, "garbage").await), unknown);
    suite.database.execute("ALTER TABLE auth.broken RENAME TO access_changes").await;
    eventually("the token is good again", async || introspect(&suite, &ann.token).await.ok()).await;
}
