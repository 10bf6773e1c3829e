//! `/v1/settings`.

use connectus_testkit::{Person, Suite};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ENCODINGS, Encoding, Target, with};

fn change(person: &Person) -> Target {
    Target::new(Method::PATCH, "/v1/settings", Some(&person.token))
}

async fn settings(suite: &Suite, person: &Person) -> Value {
    suite.api.get("/v1/settings", Some(&person.token)).await.ok()
}

/// What a person starts with, with some changes.
fn user(changes: &Value) -> Value {
    let defaults = json!({
        "type": "User", "allow_messages_from_unknown": true, "email_notifications": false, "is_full_name_visible": true,
        "blocked_users": [], "share_with_communities": true,
    });
    with(&defaults, changes)
}

/// What an organization starts with that registered as a non-profit, with some changes.
fn organization(changes: &Value) -> Value {
    let defaults = json!({
        "type": "Organization", "allow_messages_from_unknown": true, "email_notifications": true, "is_nonprofit": true,
    });
    with(&defaults, changes)
}

#[tokio::test]
async fn settings_are_those_of_a_new_account_at_first() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    assert_eq!(settings(&suite, &ann).await, user(&json!({})));
    assert_eq!(settings(&suite, &help).await, organization(&json!({})));
}

#[tokio::test]
async fn a_person_changes_every_setting_in_every_encoding() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    for (encoding, flag) in ENCODINGS.into_iter().zip([true, false, true]) {
        let blocked = if flag { vec![&ben.id, &help.id] } else { vec![&help.id] };
        let fields = json!({
            "allow_messages_from_unknown": !flag, "email_notifications": flag, "is_full_name_visible": !flag,
            "blocked_users": blocked, "share_with_communities": !flag,
        });
        let ignored = json!({"type": "Organization", "is_nonprofit": true, "unknown": ["x"]});
        let answer = change(&ann).send(&suite.api, encoding, &with(&fields, &ignored)).await;
        assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
        let mut now = settings(&suite, &ann).await;
        let order = |list: &mut Value| list.as_array_mut().unwrap().sort_by_key(ToString::to_string);
        let mut expected = user(&fields);
        order(&mut now["blocked_users"]);
        order(&mut expected["blocked_users"]);
        assert_eq!(now, expected, "{encoding:?}");
    }
}

#[tokio::test]
async fn an_organization_changes_every_setting_in_every_encoding() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    for (encoding, flag) in ENCODINGS.into_iter().zip([true, false, true]) {
        let fields = json!({
            "allow_messages_from_unknown": !flag, "email_notifications": !flag, "is_nonprofit": !flag,
        });
        let ignored = json!({"type": "User", "is_full_name_visible": true, "unknown": "x"});
        let answer = change(&help).send(&suite.api, encoding, &with(&fields, &ignored)).await;
        assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
        assert_eq!(settings(&suite, &help).await, organization(&fields), "{encoding:?}");
    }
}

#[tokio::test]
async fn what_is_not_sent_stays_as_it_was() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    for fields in [
        json!({"blocked_users": [ben.id]}),
        json!({"email_notifications": true}),
        json!({}),
        json!({"type": "x", "is_nonprofit": true}),
    ] {
        change(&ann).send(&suite.api, Encoding::Json, &fields).await.ok();
    }
    let expected = user(&json!({"blocked_users": [ben.id], "email_notifications": true}));
    assert_eq!(settings(&suite, &ann).await, expected);
    change(&ann).send(&suite.api, Encoding::Json, &json!({"blocked_users": []})).await.ok();
    assert_eq!(settings(&suite, &ann).await, user(&json!({"email_notifications": true})));
}

#[tokio::test]
async fn invalid_settings_are_named_and_nothing_changes() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let mut cases = Vec::new();
    for field in
        ["allow_messages_from_unknown", "email_notifications", "is_full_name_visible", "share_with_communities"]
    {
        for bad in [json!(null), json!("true"), json!(1), json!([true])] {
            cases.push((json!({"blocked_users": [help.id], field: bad}), field));
        }
    }
    let nobody = "0193e0d2-0000-7000-8000-000000000000";
    for bad in [json!(["x"]), json!([nobody]), json!([ann.id]), json!(null), json!("x"), json!(vec![nobody; 1001])] {
        cases.push((json!({"email_notifications": true, "blocked_users": bad}), "blocked_users"));
    }
    change(&ann).refuses(&suite.api, &cases).await;
    assert_eq!(settings(&suite, &ann).await, user(&json!({})));
    change(&help).refuses(&suite.api, &[(json!({"is_nonprofit": null}), "is_nonprofit")]).await;
    let form = change(&ann).send(&suite.api, Encoding::Urlencoded, &json!({"email_notifications": "yes"})).await;
    assert_eq!((form.error().1, form.header("x-error-field")), (4050, Some("email_notifications")));
}
