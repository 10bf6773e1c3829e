//! Whose token is accepted, by every rpc that needs a caller.

use std::time::Duration;

use connectus_proto::{
    account::v1::{
        Account, ExportDataRequest, GetAccountRequest, GetProfileRequest, GetSettingsRequest, ListConnectionsRequest,
        Profile, Settings, UpdateAccountRequest, UpdateProfileRequest, UpdateSettingsRequest, UserProfile,
        UserSettings, profile, settings,
    },
    common::v1::ErrorReason,
};
use connectus_testkit::{Options, Suite, eventually, refusal};
use tonic::{Code, Request, Status};

use crate::support::{mask, settings as settings_of};

/// Calls every rpc that needs a caller, with this `authorization`.
async fn answers(suite: &Suite, authorization: Option<&str>) -> [(&'static str, Result<(), Status>); 7] {
    let mut client = suite.account();
    let account_id = "me".to_owned();
    let profile = Some(Profile { owner: Some(profile::Owner::User(UserProfile::default())) });
    let profile = UpdateProfileRequest { profile, update_mask: Some(mask(&["quote"])) };
    let settings = Some(Settings { owner: Some(settings::Owner::User(UserSettings::default())) });
    let settings = UpdateSettingsRequest { settings, update_mask: Some(mask(&["email_notifications"])) };
    let account = UpdateAccountRequest { account: Some(Account::default()), update_mask: Some(mask(&["avatar_url"])) };
    let get_account = with(authorization, GetAccountRequest { account_id: account_id.clone() });
    let get_profile = with(authorization, GetProfileRequest { account_id: account_id.clone() });
    let connections = with(authorization, ListConnectionsRequest { account_id, ..ListConnectionsRequest::default() });
    [
        ("GetAccount", client.get_account(get_account).await.map(drop)),
        ("GetProfile", client.get_profile(get_profile).await.map(drop)),
        ("GetSettings", client.get_settings(with(authorization, GetSettingsRequest {})).await.map(drop)),
        ("ListConnections", suite.connections().list_connections(connections).await.map(drop)),
        ("UpdateAccount", client.update_account(with(authorization, account)).await.map(drop)),
        ("UpdateProfile", client.update_profile(with(authorization, profile)).await.map(drop)),
        ("UpdateSettings", client.update_settings(with(authorization, settings)).await.map(drop)),
    ]
}

fn with<M>(authorization: Option<&str>, message: M) -> Request<M> {
    let mut request = Request::new(message);
    if let Some(authorization) = authorization {
        request.metadata_mut().insert("authorization", authorization.parse().unwrap());
    }
    request
}

/// Every rpc that needs a caller refuses this `authorization` so.
async fn all_refuse(suite: &Suite, authorization: Option<&str>, code: Code, reason: ErrorReason) {
    for (rpc, answer) in answers(suite, authorization).await {
        assert_eq!(refusal(answer), (code, reason), "{rpc} with {authorization:?}");
    }
}

async fn all_accept(suite: &Suite, token: &str) {
    for (rpc, answer) in answers(suite, Some(&format!("Bearer {token}"))).await {
        answer.unwrap_or_else(|status| panic!("{rpc}: {status}"));
    }
}

#[tokio::test]
async fn without_a_token_there_is_no_caller() {
    let suite = Suite::start().await;
    for authorization in [None, Some(""), Some("Bearer"), Some("Bearer "), Some("Basic YTpi")] {
        all_refuse(&suite, authorization, Code::Unauthenticated, ErrorReason::TokenMissing).await;
    }
}

#[tokio::test]
async fn a_token_that_auth_did_not_make_is_refused() {
    let (suite, other) = (Suite::start().await, Suite::start().await);
    let (ann, stranger) = (suite.user("Ann").await, other.user("Ann").await);
    let (head, signature) = ann.token.rsplit_once('.').unwrap();
    let (_, foreign_signature) = stranger.token.rsplit_once('.').unwrap();
    for token in ["x", "a.b.c", &format!("{head}."), &format!("{head}.{foreign_signature}"), &stranger.token, signature]
    {
        let authorization = format!("Bearer {token}");
        all_refuse(&suite, Some(&authorization), Code::Unauthenticated, ErrorReason::TokenInvalid).await;
    }
    all_accept(&suite, &ann.token).await;
}

#[tokio::test]
async fn a_token_is_refused_while_the_address_is_not_verified() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    suite
        .database
        .execute(&format!(
            "INSERT INTO auth.access_changes (account_id, min_generation, email_verified, expires_at) \
             VALUES ('{}', 0, false, now() + interval '1 day')",
            ann.id
        ))
        .await;
    eventually("the change is known", async || {
        suite.account().get_settings(ann.asks(GetSettingsRequest {})).await.err()
    })
    .await;
    let authorization = format!("Bearer {}", ann.token);
    all_refuse(&suite, Some(&authorization), Code::PermissionDenied, ErrorReason::EmailUnverified).await;
    all_accept(&suite, &ben.token).await;
}

#[tokio::test]
async fn no_token_is_accepted_while_revocations_cannot_be_learnt_of() {
    let access_max_age = Some(Duration::from_secs(1));
    let suite = Suite::with(Options { access_max_age, ..Options::default() }).await;
    let ann = suite.user("Ann").await;
    settings_of(&suite, &ann).await;
    suite.database.execute("ALTER TABLE auth.access_changes RENAME TO gone").await;
    eventually("the news are too old", async || {
        suite.account().get_settings(ann.asks(GetSettingsRequest {})).await.err()
    })
    .await;
    let authorization = format!("Bearer {}", ann.token);
    all_refuse(&suite, Some(&authorization), Code::Unavailable, ErrorReason::AccessUnknown).await;
    // Who needs no caller is served: nobody sees nothing private.
    suite.account().get_account(GetAccountRequest { account_id: ann.id.clone() }).await.unwrap();
    suite.database.execute("ALTER TABLE auth.gone RENAME TO access_changes").await;
    eventually("revocations are known again", async || {
        suite.account().get_settings(ann.asks(GetSettingsRequest {})).await.ok()
    })
    .await;
}

#[tokio::test]
async fn who_has_a_token_and_no_account_is_not_found() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.database.execute("DELETE FROM account.accounts").await;
    let authorization = format!("Bearer {}", ann.token);
    all_refuse(&suite, Some(&authorization), Code::NotFound, ErrorReason::AccountNotFound).await;
}

#[tokio::test]
async fn an_export_is_for_its_owner() {
    let suite = Suite::start().await;
    suite.user("Ann").await;
    for (authorization, reason) in [(None, ErrorReason::TokenMissing), (Some("Bearer x"), ErrorReason::TokenInvalid)] {
        let answer = suite.account().export_data(with(authorization, ExportDataRequest {})).await.map(drop);
        assert_eq!(refusal(answer), (Code::Unauthenticated, reason));
    }
}
