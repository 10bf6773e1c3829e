//! `POST /v1/auth/change-email`.

use connectus_testkit::{PASSWORD, Person, Suite, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ENCODINGS, Encoding, Target, assert_page};

fn change(person: &Person) -> Target {
    Target::new(Method::POST, "/v1/auth/change-email", Some(&person.token))
}

fn body(email: &str) -> Value {
    json!({"password": PASSWORD, "email": email, "unknown": "ignored"})
}

/// Waits until somebody's token is answered with a code, or 0 when all is well.
async fn until_answered(suite: &Suite, person: &Person, code: u64) {
    eventually("the token is worth something else", async || {
        let answer = suite.api.get("/v1/account", Some(&person.token)).await;
        let now = if answer.status == 200 { 0 } else { answer.error().1 };
        (now == code).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_new_address_counts_once_it_is_verified_and_until_then_the_account_is_not() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for (encoding, email) in ENCODINGS.into_iter().zip(["a@new.example.org", "b@new.example.org", "c@new.example.org"])
    {
        let answer = change(&ann).send(&suite.api, encoding, &body(email)).await;
        assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
        until_answered(&suite, &ann, 3003).await;
        let link = suite.mail.next(email).await.link().to_owned();
        let path = link.strip_prefix(suite.api.url()).expect("the link leads to the gateway");
        let page = suite.api.call(Method::POST, path, None, None).await;
        assert_page(&page, 200, "Your account has this address now");
        until_answered(&suite, &ann, 0).await;
        eventually("the account shows the new address", async || {
            (suite.api.get("/v1/account", Some(&ann.token)).await.ok()["email"] == email).then_some(())
        })
        .await;
        suite.login(email, PASSWORD).await;
    }
}

#[tokio::test]
async fn an_address_that_another_account_has_is_answered_in_the_same_way() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let answer = change(&ann).send(&suite.api, Encoding::Json, &body(&help.email)).await;
    assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
    suite.mail.next(&help.email).await;
    suite.login(&help.email, PASSWORD).await;
}

#[tokio::test]
async fn whoever_does_not_know_the_password_changes_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let wrong = json!({"password": "another password", "email": "new@example.org"});
    let answer = change(&ann).send(&suite.api, Encoding::Json, &wrong).await;
    assert_eq!(answer.error(), (400, 4002, "Wrong password.".to_owned()));
    suite.login(&ann.email, PASSWORD).await;
}

#[tokio::test]
async fn what_is_no_new_address_is_named() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let cases = [
        (body("nonsense"), "email"),
        (body(""), "email"),
        (body(&ann.email.to_uppercase()), "email"),
        (json!({"password": PASSWORD, "email": null}), "email"),
        (json!({"password": null, "email": "new@example.org"}), "password"),
    ];
    change(&ann).refuses(&suite.api, &cases).await;
}
