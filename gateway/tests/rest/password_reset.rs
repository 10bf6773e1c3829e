//! `/password-reset/:token`, the page to choose a new password where no site has one.

use connectus_testkit::{Answer, Options, PASSWORD, Person, Suite};
use reqwest::Method;
use serde_json::json;

use crate::support::assert_page;

/// The path of a mailed link that resets somebody's password.
async fn mailed_path(suite: &Suite, person: &Person) -> String {
    suite.api.post("/v1/request-password-reset", None, &json!({"email": person.email})).await.ok();
    let link = suite.mail.next(&person.email).await.link().to_owned();
    link.strip_prefix(suite.api.url()).expect("the page is the gateway's own").to_owned()
}

/// What a browser sends for the page's form.
async fn submit(suite: &Suite, path: &str, password: &str) -> Answer {
    Answer::of(suite.api.request(Method::POST, path).form(&[("password", password)])).await
}

#[tokio::test]
async fn the_form_sets_a_new_password_once() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let path = mailed_path(&suite, &ann).await;
    for _ in 0..2 {
        let page = suite.api.get(&path, None).await;
        assert_page(&page, 200, "<form method=\"post\">");
        assert_page(&page, 200, "name=\"password\" type=\"password\"");
    }
    assert_page(&submit(&suite, &path, "a new password").await, 200, "Your password is changed");
    suite.login(&ann.email, "a new password").await;
    assert_page(&submit(&suite, &path, "another password").await, 404, "This link is invalid");
    suite.login(&ann.email, "a new password").await;
}

#[tokio::test]
async fn a_password_that_is_refused_may_be_chosen_again() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let path = mailed_path(&suite, &ann).await;
    for (password, problem) in [
        ("", "This password is required."),
        ("short", "This password must have 8 to 128 characters."),
        ("password1", "This password is among the most common passwords."),
    ] {
        let page = submit(&suite, &path, password).await;
        assert_page(&page, 400, problem);
        assert_page(&page, 400, "<form method=\"post\">");
    }
    let nothing = Answer::of(suite.api.request(Method::POST, &path).form(&[("x", "y")])).await;
    assert_page(&nothing, 400, "This password is required.");
    suite.login(&ann.email, PASSWORD).await;
    assert_page(&submit(&suite, &path, "a new password").await, 200, "Your password is changed");
}

#[tokio::test]
async fn a_link_that_is_none_changes_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for token in ["x", "%00", "%ff", ann.token.as_str()] {
        let page = submit(&suite, &format!("/password-reset/{token}"), "a new password").await;
        assert_page(&page, 404, "This link is invalid");
    }
    suite.login(&ann.email, PASSWORD).await;
}

#[tokio::test]
async fn a_fault_is_said_on_the_page_and_the_link_still_works_later() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let path = mailed_path(&suite, &ann).await;
    suite.database.execute("ALTER TABLE auth.accounts RENAME TO gone").await;
    assert_page(&submit(&suite, &path, "a new password").await, 503, "Something went wrong on our side.");
    suite.database.execute("ALTER TABLE auth.gone RENAME TO accounts").await;
    assert_page(&submit(&suite, &path, "a new password").await, 200, "Your password is changed");
}

#[tokio::test]
async fn where_a_site_has_the_page_the_gateway_has_none() {
    let site_url = Some("https://app.example.org".to_owned());
    let suite = Suite::with(Options { site_url, ..Options::default() }).await;
    for method in [Method::GET, Method::POST] {
        let answer = suite.api.call(method, "/password-reset/x", None, None).await;
        assert_eq!(answer.error(), (404, 4040, "Not found.".to_owned()));
    }
}
