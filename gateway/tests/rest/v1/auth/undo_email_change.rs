//! `POST /v1/auth/undo-email-change`, and the page `/v1/auth/undo-email-change/:token`.

use connectus_testkit::{Options, PASSWORD, Person, Suite, eventually};
use reqwest::Method;
use serde_json::json;

use crate::support::{ENCODINGS, Encoding, Target, assert_page};

const NEW: &str = "thief@example.org";

fn undo() -> Target {
    Target::post("/v1/auth/undo-email-change")
}

/// Changes somebody's address, and returns the path of the link that the old one is mailed.
async fn mailed_path(suite: &Suite, person: &Person) -> String {
    let body = json!({"password": PASSWORD, "email": NEW});
    suite.api.post("/v1/auth/change-email", Some(&person.token), &body).await.ok();
    let link = suite.mail.next(&person.email).await.link().to_owned();
    let path = link.strip_prefix(suite.api.url()).expect("the link leads to the gateway").to_owned();
    assert!(path.starts_with("/v1/auth/undo-email-change/"), "{path}");
    path
}

fn token_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// The code that a login is answered with.
async fn login_code(suite: &Suite, email: &str) -> u64 {
    suite.api.post("/v1/auth/login", None, &json!({"id": email, "password": PASSWORD})).await.error().1
}

/// Confirms the new address, and has somebody else register with the old one.
async fn lose_the_old_address(suite: &Suite, person: &Person) {
    let link = suite.mail.next(NEW).await.link().to_owned();
    let path = link.strip_prefix(suite.api.url()).unwrap();
    assert_eq!(suite.api.call(Method::POST, path, None, None).await.status, 200);
    // Somebody who has proved to read it: others would not keep it.
    assert_eq!(suite.user("Ann").await.email, person.email);
}

#[tokio::test]
async fn reading_the_page_changes_nothing_and_its_button_undoes_the_change_once() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let path = mailed_path(&suite, &ann).await;
    for method in [Method::GET, Method::HEAD, Method::GET] {
        assert_eq!(suite.api.call(method, &path, None, None).await.status, 200);
    }
    let page = suite.api.get(&path, None).await;
    assert_page(&page, 200, "<form method=\"post\"");
    assert!(!page.text.contains(" action="), "the form goes to the page's own address: {}", page.text);
    assert_eq!(login_code(&suite, &ann.email).await, 3102, "it is being changed still");
    let button = suite.api.request(Method::POST, &path).form(&[] as &[(&str, &str)]);
    assert_page(&connectus_testkit::Answer::of(button).await, 200, "Your account has this address again");
    assert_eq!(login_code(&suite, &ann.email).await, 3101, "the password works no more");
    let reset = suite.mail.next(&ann.email).await;
    assert!(reset.link().contains("/password-reset/"), "{}", reset.link());
    eventually("every session is over", async || {
        (suite.api.get("/v1/account", Some(&ann.token)).await.status == 401).then_some(())
    })
    .await;
    assert_page(&suite.api.call(Method::POST, &path, None, None).await, 404, "This link is invalid");
}

#[tokio::test]
async fn a_token_undoes_a_change_once_in_every_encoding() {
    for encoding in ENCODINGS {
        let suite = Suite::start().await;
        let ann = suite.user("Ann").await;
        let body = json!({"token": token_of(&mailed_path(&suite, &ann).await), "unknown": "ignored"});
        let answer = undo().send(&suite.api, encoding, &body).await;
        assert_eq!(answer.ok(), json!({"message": "200 - OK"}), "{encoding:?}");
        suite.mail.next(&ann.email).await;
        let again = undo().send(&suite.api, encoding, &body).await;
        assert_eq!(again.error(), (400, 4002, "Invalid token.".to_owned()));
    }
}

#[tokio::test]
async fn a_token_of_an_account_that_is_gone_says_so() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let path = mailed_path(&suite, &ann).await;
    suite.database.execute(&format!("DELETE FROM auth.accounts WHERE id = '{}'", ann.id)).await;
    let answer = undo().send(&suite.api, Encoding::Json, &json!({"token": token_of(&path)})).await;
    assert_eq!(answer.error(), (404, 4000, "Account not found.".to_owned()));
    let page = suite.api.call(Method::POST, &path, None, None).await;
    assert_page(&page, 404, "What this link was for does not exist any more.");
}

#[tokio::test]
async fn an_address_that_somebody_else_has_by_now_is_not_taken_from_them() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let path = mailed_path(&suite, &ann).await;
    lose_the_old_address(&suite, &ann).await;
    for _ in 0..2 {
        let answer = undo().send(&suite.api, Encoding::Json, &json!({"token": token_of(&path)})).await;
        assert_eq!(answer.error(), (409, 4003, "E-mail address already taken.".to_owned()));
        assert_eq!(answer.header("retry-after"), None, "trying again does not help");
    }
    let page = suite.api.call(Method::POST, &path, None, None).await;
    assert_page(&page, 409, "Another account has this address by now.");
    suite.login(NEW, PASSWORD).await;
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for token in ["x", "", "a.b.c", &ann.token, &"x".repeat(5000)] {
        let answer = undo().send(&suite.api, Encoding::Json, &json!({"token": token})).await;
        assert_eq!(answer.error(), (400, 4002, "Invalid token.".to_owned()), "{token}");
    }
    undo().refuses(&suite.api, &[(json!({"token": null}), "token"), (json!({"token": ["x"]}), "token")]).await;
    for token in ["x", "%00", "%ff", "%3Cscript%3E"] {
        let path = format!("/v1/auth/undo-email-change/{token}");
        let page = suite.api.call(Method::POST, &path, None, None).await;
        assert_page(&page, 404, "This link is invalid, has expired, or was used already.");
    }
}

#[tokio::test]
async fn the_page_sends_people_on_to_the_site() {
    let site_url = Some("https://app.example.org".to_owned());
    let suite = Suite::with(Options { site_url, ..Options::default() }).await;
    let ann = suite.user("Ann").await;
    let path = mailed_path(&suite, &ann).await;
    let page = suite.api.call(Method::POST, &path, None, None).await;
    assert_page(&page, 200, "href=\"https://app.example.org\"");
}
