//! Logout and LogoutEverywhere.

use connectus_proto::{
    account::v1::GetSettingsRequest,
    auth::v1::{LogoutEverywhereRequest, LogoutRequest},
};
use connectus_testkit::{PASSWORD, Suite, as_caller, eventually};
use tonic::Code;

/// Waits until the suite refuses a token.
async fn until_refused(suite: &Suite, token: &str) {
    eventually("the token is refused", async || {
        let status = suite.account().get_settings(as_caller(token, GetSettingsRequest {})).await.err()?;
        (status.code() == Code::Unauthenticated).then_some(())
    })
    .await;
}

#[tokio::test]
async fn logout_ends_one_token_and_no_other() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let other = suite.login(&ann.email, PASSWORD).await;
    suite.auth().logout(ann.asks(LogoutRequest {})).await.unwrap();
    until_refused(&suite, &ann.token).await;
    suite.account().get_settings(as_caller(&other, GetSettingsRequest {})).await.unwrap();
}

#[tokio::test]
async fn logout_everywhere_ends_every_token_of_the_account_and_of_no_other() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let other = suite.login(&ann.email, PASSWORD).await;
    suite.auth().logout_everywhere(ann.asks(LogoutEverywhereRequest {})).await.unwrap();
    until_refused(&suite, &ann.token).await;
    until_refused(&suite, &other).await;
    suite.account().get_settings(ben.asks(GetSettingsRequest {})).await.unwrap();
    let again = suite.login(&ann.email, PASSWORD).await;
    suite.account().get_settings(as_caller(&again, GetSettingsRequest {})).await.unwrap();
}
