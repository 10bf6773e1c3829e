//! Logout and LogoutEverywhere.

use connectus_proto::{
    auth::v1::{LogoutEverywhereRequest, LogoutRequest},
    common::v1::ErrorReason,
};
use connectus_testkit::{PASSWORD, Suite, refusal};
use futures::future::join_all;
use tonic::Code;

use crate::support::{claims, is_accepted, until_refused};

#[tokio::test]
async fn logout_ends_one_token_and_no_other() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let other = suite.login(&ann.email, PASSWORD).await;
    suite.auth().logout(ann.asks(LogoutRequest {})).await.unwrap();
    until_refused(&suite, &ann.token).await;
    assert!(is_accepted(&suite, &other).await);
}

#[tokio::test]
async fn logout_everywhere_ends_every_token_of_the_account_and_of_no_other() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let other = suite.login(&ann.email, PASSWORD).await;
    suite.auth().logout_everywhere(ann.asks(LogoutEverywhereRequest {})).await.unwrap();
    until_refused(&suite, &ann.token).await;
    until_refused(&suite, &other).await;
    assert!(is_accepted(&suite, &ben.token).await);
    let again = suite.login(&ann.email, PASSWORD).await;
    assert!(is_accepted(&suite, &again).await);
}

#[tokio::test]
async fn a_token_that_was_logged_out_logs_nobody_out() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let other = suite.login(&ann.email, PASSWORD).await;
    suite.auth().logout(ann.asks(LogoutRequest {})).await.unwrap();
    until_refused(&suite, &ann.token).await;
    let invalid = (Code::Unauthenticated, ErrorReason::TokenInvalid);
    assert_eq!(refusal(suite.auth().logout(ann.asks(LogoutRequest {})).await), invalid);
    assert_eq!(refusal(suite.auth().logout_everywhere(ann.asks(LogoutEverywhereRequest {})).await), invalid);
    assert!(is_accepted(&suite, &other).await);
}

#[tokio::test]
async fn whoever_logs_out_everywhere_at_once_is_out_once_for_all() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let attempts =
        join_all((0..5).map(async |_| suite.auth().logout_everywhere(ann.asks(LogoutEverywhereRequest {})).await));
    let invalid = (Code::Unauthenticated, ErrorReason::TokenInvalid);
    let mut done = 0;
    for answer in attempts.await {
        match answer {
            Ok(_) => done += 1,
            // The first had its effect already.
            refused => assert_eq!(refusal(refused), invalid),
        }
    }
    assert!(done > 0);
    let again = suite.login(&ann.email, PASSWORD).await;
    assert_eq!(claims(&again)["gen"], done);
    until_refused(&suite, &ann.token).await;
    assert!(is_accepted(&suite, &again).await);
}

#[tokio::test]
async fn a_logout_that_cannot_be_noted_is_not_confirmed() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.database.execute("REVOKE INSERT ON auth.access_changes FROM connectus_auth").await;
    let internal = (Code::Internal, ErrorReason::Internal);
    assert_eq!(refusal(suite.auth().logout(ann.asks(LogoutRequest {})).await), internal);
    assert_eq!(refusal(suite.auth().logout_everywhere(ann.asks(LogoutEverywhereRequest {})).await), internal);
    assert_eq!(claims(&suite.login(&ann.email, PASSWORD).await)["gen"], 0, "nothing was changed");
    suite.database.execute("GRANT INSERT ON auth.access_changes TO connectus_auth").await;
    suite.auth().logout(ann.asks(LogoutRequest {})).await.unwrap();
    until_refused(&suite, &ann.token).await;
}
