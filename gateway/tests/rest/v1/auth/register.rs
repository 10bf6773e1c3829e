//! `POST /v1/auth/register`.

use connectus_testkit::{PASSWORD, Suite, eventually};
use serde_json::{Value, json};

use crate::support::{ENCODINGS, Encoding, Target, with, without};

fn register() -> Target {
    Target::post("/v1/auth/register")
}

fn user(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD, "type": "user", "first_name": "Ann", "birthday": "02/29/2000"})
}

fn organization(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD, "type": "organization", "preferred_name": "Help", "is_nonprofit": true})
}

/// Registers, opens the mailed link, and logs in.
async fn join(suite: &Suite, encoding: Encoding, body: &Value) -> String {
    let answer = register().send(&suite.api, encoding, body).await;
    assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
    let email = body["email"].as_str().unwrap();
    let link = suite.mail.next(email).await.link().to_owned();
    let path = link.strip_prefix(suite.api.url()).unwrap().to_owned();
    assert_eq!(suite.api.get(&path, None).await.status, 200);
    suite.login(email, PASSWORD).await
}

/// The caller's own account, which is there a moment after the registration.
async fn account(suite: &Suite, token: &str) -> Value {
    eventually("the account", async || {
        let answer = suite.api.get("/v1/account", Some(token)).await;
        (answer.status == 200).then(|| answer.json())
    })
    .await
}

#[tokio::test]
async fn a_person_registers_in_every_encoding() {
    let suite = Suite::start().await;
    for encoding in ENCODINGS {
        let email = format!("{encoding:?}@example.org");
        let token = join(&suite, encoding, &with(&user(&email), &json!({"unknown": "x"}))).await;
        let account = account(&suite, &token).await;
        assert_eq!([&account["first_name"], &account["birthday"]], ["Ann", "02/29/2000"]);
    }
}

#[tokio::test]
async fn an_organization_registers_in_every_encoding_by_either_name_of_its_flag() {
    let suite = Suite::start().await;
    for encoding in ENCODINGS {
        for flag in ["is_nonprofit", "is_non_profit"] {
            let body = organization(&format!("{flag}.{encoding:?}@example.org"));
            let body = with(&without(&body, "is_nonprofit"), &json!({flag: false}));
            let token = join(&suite, encoding, &body).await;
            assert_eq!(account(&suite, &token).await["preferred_name"], "Help");
            assert_eq!(suite.api.get("/v1/settings", Some(&token)).await.ok()["is_nonprofit"], false);
        }
    }
}

#[tokio::test]
async fn invalid_fields_are_named() {
    let suite = Suite::start().await;
    let (user, organization) = (user("a@example.org"), organization("b@example.org"));
    let mut cases: Vec<(Value, &str)> = Vec::new();
    for field in ["first_name", "birthday"] {
        cases.push((without(&user, field), field));
    }
    for field in ["preferred_name", "is_nonprofit"] {
        cases.push((without(&organization, field), field));
    }
    for (field, bad) in [
        ("email", json!("ann")),
        ("email", json!(null)),
        ("password", json!("short")),
        ("password", json!("password1")),
        ("password", json!(12_345_678)),
        ("type", json!(null)),
        ("first_name", json!("")),
        ("first_name", json!("x".repeat(101))),
        ("first_name", json!(null)),
        ("birthday", json!("02/30/2000")),
        ("birthday", json!("2000-02-29")),
        ("birthday", json!("2/29/2000")),
        ("birthday", json!("01/01/9999")),
        ("birthday", json!(null)),
    ] {
        cases.push((with(&user, &json!({field: bad})), field));
    }
    for (field, bad) in [
        ("preferred_name", json!(" ")),
        ("preferred_name", json!("x".repeat(201))),
        ("is_nonprofit", json!("true")),
        ("is_nonprofit", json!(1)),
        ("is_nonprofit", json!(null)),
    ] {
        cases.push((with(&organization, &json!({field: bad})), field));
    }
    register().refuses(&suite.api, &cases).await;
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM auth.accounts").await, 0);
}

#[tokio::test]
async fn an_account_of_another_type_is_refused_as_the_contract_says() {
    let suite = Suite::start().await;
    for kind in ["admin", "", "users"] {
        let answer =
            register().send(&suite.api, Encoding::Json, &with(&user("a@example.org"), &json!({"type": kind}))).await;
        assert_eq!(answer.error(), (500, 3200, "Invalid account type.".to_owned()), "{kind}");
    }
}

#[tokio::test]
async fn a_taken_address_is_refused_in_whatever_case() {
    let suite = Suite::start().await;
    suite.user("Ann").await;
    let answer = register().send(&suite.api, Encoding::Json, &user("ANN@Example.org")).await;
    assert_eq!(answer.error(), (400, 3201, "Username already taken.".to_owned()));
}
