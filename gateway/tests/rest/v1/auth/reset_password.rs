//! `POST /v1/auth/reset-password`.

use connectus_testkit::{PASSWORD, Person, Suite, eventually};
use serde_json::json;

use crate::support::{ENCODINGS, Encoding, Target};

fn reset() -> Target {
    Target::post("/v1/auth/reset-password")
}

/// The token of a mailed link that resets somebody's password.
async fn mailed_token(suite: &Suite, person: &Person) -> String {
    let answer = suite.api.post("/v1/request-password-reset", None, &json!({"email": person.email})).await;
    assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
    suite.mail.next(&person.email).await.token().to_owned()
}

#[tokio::test]
async fn a_link_sets_a_new_password_once_in_every_encoding() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for encoding in ENCODINGS {
        let token = mailed_token(&suite, &ann).await;
        let body = json!({"token": token, "password": format!("a new password {encoding:?}"), "unknown": "x"});
        assert_eq!(reset().send(&suite.api, encoding, &body).await.ok(), json!({"message": "200 - OK"}));
        suite.login(&ann.email, body["password"].as_str().unwrap()).await;
        let notice = suite.mail.next(&ann.email).await;
        assert!(notice.subject.contains("password"), "she is told: {}", notice.subject);
        let again = reset().send(&suite.api, encoding, &body).await;
        assert_eq!(again.error(), (400, 4001, "Invalid token.".to_owned()));
    }
}

#[tokio::test]
async fn every_token_from_before_is_revoked() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let token = mailed_token(&suite, &ann).await;
    reset().send(&suite.api, Encoding::Json, &json!({"token": token, "password": "a new password"})).await.ok();
    eventually("the token is refused", async || {
        let answer = suite.api.get("/v1/account", Some(&ann.token)).await;
        (answer.status == 401).then(|| assert_eq!(answer.error().1, 3001))
    })
    .await;
}

#[tokio::test]
async fn a_password_that_is_refused_leaves_the_link_as_it_was() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let token = mailed_token(&suite, &ann).await;
    let cases = [
        (json!({"token": token, "password": "short"}), "password"),
        (json!({"token": token, "password": "password1"}), "password"),
        (json!({"token": token, "password": null}), "password"),
        (json!({"token": 7, "password": PASSWORD}), "token"),
    ];
    reset().refuses(&suite.api, &cases).await;
    reset().send(&suite.api, Encoding::Json, &json!({"token": token, "password": "a new password"})).await.ok();
}

#[tokio::test]
async fn a_token_of_another_kind_resets_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for token in ["", "x", "a.b.c", &ann.token] {
        let body = json!({"token": token, "password": "a new password"});
        let answer = reset().send(&suite.api, Encoding::Json, &body).await;
        assert_eq!(answer.error(), (400, 4001, "Invalid token.".to_owned()), "{token}");
    }
}
