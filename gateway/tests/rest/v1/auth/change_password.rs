//! `POST /v1/auth/change-password`.

use connectus_testkit::{PASSWORD, Suite, eventually};
use serde_json::{Value, json};

use crate::support::{ENCODINGS, Encoding, Target};

fn change(token: &str) -> Target {
    Target::new(reqwest::Method::POST, "/v1/auth/change-password", Some(token))
}

fn body(password: &str, new_password: &str) -> Value {
    json!({"password": password, "new_password": new_password, "unknown": "ignored"})
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_begins_one_in_every_encoding() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let mut token = ann.token;
    let passwords = [PASSWORD, "the second password", "the third password", "the last password"];
    for (encoding, pair) in ENCODINGS.into_iter().zip(passwords.windows(2)) {
        let elsewhere = suite.login(&ann.email, pair[0]).await;
        let answer = change(&token).send(&suite.api, encoding, &body(pair[0], pair[1])).await.ok();
        let new = answer["token"].as_str().unwrap();
        assert_eq!(answer, json!({"token": new}));
        for old in [&token, &elsewhere] {
            eventually("the sessions before are over", async || {
                let answer = suite.api.get("/v1/account", Some(old)).await;
                (answer.status == 401).then(|| assert_eq!(answer.error().1, 3001))
            })
            .await;
        }
        assert_eq!(suite.api.get("/v1/account", Some(new)).await.ok()["id"], *ann.id, "{encoding:?}");
        token = new.to_owned();
    }
    suite.login(&ann.email, passwords[3]).await;
}

#[tokio::test]
async fn whoever_does_not_know_the_password_changes_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for wrong in ["another password", "", &"x".repeat(200)] {
        let answer = change(&ann.token).send(&suite.api, Encoding::Json, &body(wrong, "a new password")).await;
        assert_eq!(answer.error(), (400, 4002, "Wrong password.".to_owned()), "{wrong}");
    }
    suite.login(&ann.email, PASSWORD).await;
    suite.api.get("/v1/account", Some(&ann.token)).await.ok();
}

#[tokio::test]
async fn a_new_password_that_is_none_is_named() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let cases = [
        (body(PASSWORD, "short"), "new_password"),
        (body(PASSWORD, "password1"), "new_password"),
        (json!({"password": PASSWORD, "new_password": null}), "new_password"),
        (json!({"password": 7, "new_password": "a new password"}), "password"),
    ];
    change(&ann.token).refuses(&suite.api, &cases).await;
    suite.login(&ann.email, PASSWORD).await;
}
