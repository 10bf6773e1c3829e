//! `POST /v1/auth/login`.

use connectus_testkit::{PASSWORD, Suite, people::user_registration};
use serde_json::{Value, json};

use crate::support::{ENCODINGS, Encoding, Target};

fn login() -> Target {
    Target::post("/v1/auth/login")
}

#[tokio::test]
async fn an_address_or_an_id_and_a_password_get_a_token_in_every_encoding() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for encoding in ENCODINGS {
        for id in [&ann.email, &ann.id] {
            let body = json!({"id": id, "password": PASSWORD, "unknown": "ignored"});
            let answer = login().send(&suite.api, encoding, &body).await.ok();
            let token = answer["token"].as_str().unwrap();
            assert_eq!(answer, json!({"token": token}));
            assert_eq!(suite.api.get("/v1/account", Some(token)).await.ok()["id"], *ann.id);
        }
    }
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_are_answered_alike() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for (id, password) in
        [("nobody@example.org", PASSWORD), (&ann.email, "another password"), ("", ""), ("me", PASSWORD)]
    {
        let answer = login().send(&suite.api, Encoding::Json, &json!({"id": id, "password": password})).await;
        assert_eq!(answer.error(), (400, 3101, "Invalid login.".to_owned()), "{id}");
    }
}

#[tokio::test]
async fn whoever_has_not_verified_their_address_is_told_so_only_with_the_right_password() {
    let suite = Suite::start().await;
    suite.auth().register(user_registration("Ann")).await.unwrap();
    for (password, code) in [(PASSWORD, 3102), ("another password", 3101)] {
        let body = json!({"id": "ann@example.org", "password": password});
        assert_eq!(login().send(&suite.api, Encoding::Json, &body).await.error().1, code);
    }
}

#[tokio::test]
async fn what_is_no_text_is_refused_by_its_name() {
    let suite = Suite::start().await;
    let cases = [
        (json!({"id": null, "password": PASSWORD}), "id"),
        (json!({"id": 7, "password": PASSWORD}), "id"),
        (json!({"id": "a@b.co", "password": ["x"]}), "password"),
        (json!({"id": "a@b.co", "password": {"x": 1}}), "password"),
    ];
    login().refuses(&suite.api, &cases).await;
    for missing in [json!({}), json!({"id": "a@b.co"}), json!({"password": PASSWORD}), json!([]), Value::Null] {
        let answer = login().send(&suite.api, Encoding::Json, &missing).await;
        assert_eq!(answer.error(), (400, 4050, "Bad query format.".to_owned()), "{missing}");
    }
}
