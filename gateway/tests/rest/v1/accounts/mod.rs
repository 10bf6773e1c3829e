//! `GET /v1/accounts/:id`, and what is below it.

mod blocks;
mod connections;
mod pictures;
mod posts;

use connectus_testkit::{Person, Suite};
use reqwest::Method;
use serde_json::{Value, json};

/// The picture that is made of an account's id.
fn picture(suite: &Suite, person: &Person, kind: &str) -> String {
    format!("{}/v1/accounts/{}/{kind}.svg", suite.api.url(), person.id)
}

/// A person's account as somebody sees it.
pub(super) fn user_json(suite: &Suite, person: &Person, created_at: &Value, email: &str) -> Value {
    assert_recent(created_at);
    json!({
        "id": person.id, "email": email, "avatar": picture(suite, person, "avatar"),
        "header": picture(suite, person, "header"), "created_at": created_at, "type": "User", "posts_count": "0", "liked_count": "0", "shared_count": "0",
        "first_name": "Ann", "middle_name": "", "last_name": "", "birthday": "04/30/1990", "gender": "",
    })
}

/// An organization's account, as everybody sees it.
pub(super) fn organization_json(suite: &Suite, organization: &Person, created_at: &Value) -> Value {
    assert_recent(created_at);
    json!({
        "id": organization.id, "email": organization.email, "avatar": picture(suite, organization, "avatar"),
        "header": picture(suite, organization, "header"), "created_at": created_at,
        "type": "Organization", "posts_count": "0", "liked_count": "0", "shared_count": "0",
        "preferred_name": "Help", "is_verified": false, "opportunities": [],
    })
}

fn assert_recent(created_at: &Value) {
    let created_at: u64 = created_at.as_str().unwrap().parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!((now - 60..=now).contains(&created_at), "{created_at} is not a moment ago");
}

#[tokio::test]
async fn an_account_is_shown_as_the_caller_may_see_it() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let path = format!("/v1/accounts/{}", ann.id);
    for (token, email) in [(None, ""), (Some(&help.token), ""), (Some(&ann.token), ann.email.as_str())] {
        let seen = suite.api.get(&path, token.map(String::as_str)).await.ok();
        assert_eq!(seen, user_json(&suite, &ann, &seen["created_at"], email));
    }
    let seen = suite.api.get(&format!("/v1/accounts/{}", help.id), None).await.ok();
    assert_eq!(seen, organization_json(&suite, &help, &seen["created_at"]));
}

#[tokio::test]
async fn a_token_that_is_no_good_counts_as_none_where_none_is_needed() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for path in ["", "/profile", "/experiences"] {
        let path = format!("/v1/accounts/{}{path}", ann.id);
        let (with, without) = (suite.api.get(&path, Some("x")).await.ok(), suite.api.get(&path, None).await.ok());
        assert_eq!(with, without);
    }
}

#[tokio::test]
async fn an_id_that_is_nobodys_is_not_found() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for id in ["me", "x", "%00", "%ff", "a%2Fb", "00000000-0000-0000-0000-000000000000", "%20", "'; DROP TABLE x"] {
        for (below, code) in [("", 4000), ("/profile", 4000), ("/experiences", 4002)] {
            let answer = suite.api.get(&format!("/v1/accounts/{id}{below}"), Some(&ann.token)).await;
            assert_eq!((answer.status, answer.error().1), (404, code), "{id}{below}");
        }
    }
}

#[tokio::test]
async fn whoever_is_blocked_finds_nothing() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let blocks = json!({"blocked_users": [help.id]});
    suite.api.call(Method::PATCH, "/v1/settings", Some(&ann.token), Some(&blocks)).await.ok();
    for (below, message) in [
        ("", "Account not found."),
        ("/profile", "Account not found."),
        ("/experiences", "User not found, is this the correct account type?"),
    ] {
        let path = format!("/v1/accounts/{}{below}", ann.id);
        assert_eq!(suite.api.get(&path, Some(&help.token)).await.error().2, message);
        suite.api.get(&path, None).await.ok();
    }
}

#[tokio::test]
async fn an_organization_has_no_experiences() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let answer = suite.api.get(&format!("/v1/accounts/{}/experiences", help.id), None).await;
    assert_eq!(answer.error(), (404, 4002, "User not found, is this the correct account type?".to_owned()));
}
