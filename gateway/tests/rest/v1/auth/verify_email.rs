//! `GET /v1/auth/verify-email/:token`.

use connectus_testkit::{Options, PASSWORD, Suite, people::user_registration};
use reqwest::Method;
use serde_json::json;

use crate::support::assert_page;

/// Registers somebody, and returns the path of the mailed link.
async fn mailed_path(suite: &Suite) -> String {
    suite.auth().register(user_registration("Ann")).await.unwrap();
    let link = suite.mail.next("ann@example.org").await.link().to_owned();
    let path = link.strip_prefix(suite.api.url()).unwrap().to_owned();
    assert!(path.starts_with("/v1/auth/verify-email/"), "{path}");
    path
}

/// Whether that person can log in.
async fn is_verified(suite: &Suite) -> bool {
    let body = json!({"id": "ann@example.org", "password": PASSWORD});
    let answer = suite.api.post("/v1/auth/login", None, &body).await;
    assert!(answer.status == 200 || answer.error().1 == 3102, "{answer:?}");
    answer.status == 200
}

#[tokio::test]
async fn opening_the_link_verifies_the_address_once() {
    let suite = Suite::start().await;
    let path = mailed_path(&suite).await;
    let page = suite.api.get(&path, None).await;
    assert_page(&page, 200, "Your address is verified");
    assert!(!page.text.contains("Go on"), "there is no site to go on to");
    assert!(is_verified(&suite).await);
    assert_page(&suite.api.get(&path, None).await, 404, "This link is invalid, has expired, or was used already.");
}

#[tokio::test]
async fn a_look_at_the_headers_verifies_nothing() {
    let suite = Suite::start().await;
    let path = mailed_path(&suite).await;
    assert_eq!(suite.api.call(Method::HEAD, &path, None, None).await.status, 200);
    assert!(!is_verified(&suite).await);
    assert_page(&suite.api.get(&path, None).await, 200, "Your address is verified");
}

#[tokio::test]
async fn the_page_sends_people_on_to_the_site() {
    let site_url = Some("https://app.example.org/?a=1&b=\"x\"".to_owned());
    let suite = Suite::with(Options { site_url, ..Options::default() }).await;
    let path = mailed_path(&suite).await;
    let page = suite.api.get(&path, None).await;
    assert_page(&page, 200, "https://app.example.org/?a=1");
    assert!(!page.text.contains("&b=\"x\""), "the address is escaped: {}", page.text);
}

#[tokio::test]
async fn a_link_that_is_none_is_said_to_be_invalid_on_a_page() {
    let suite = Suite::start().await;
    let long = "x".repeat(5000);
    for token in ["x", "a.b.c", "%00", "%ff", "<script>", &long] {
        let page = suite.api.get(&format!("/v1/auth/verify-email/{token}"), None).await;
        assert_page(&page, 404, "This link is invalid");
        assert!(!page.text.contains("<script>"), "{}", page.text);
    }
}

#[tokio::test]
async fn a_broken_database_is_said_on_a_page_too() {
    let suite = Suite::start().await;
    let path = mailed_path(&suite).await;
    suite.database.execute("ALTER SCHEMA auth RENAME TO gone").await;
    assert_page(&suite.api.get(&path, None).await, 500, "Something went wrong on our side.");
}
