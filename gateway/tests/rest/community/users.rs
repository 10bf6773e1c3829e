//! `POST /source/{destinationSourceId}/user`.

use connectus_proto::community::v1::CustomFieldType;
use connectus_testkit::Answer;
use reqwest::Method;
use serde_json::{Value, json};

use super::{World, assert_not_found, refused};

#[tokio::test]
async fn what_is_said_is_the_profile() {
    let world = World::new().await;
    let languages = world.new_field("Languages", CustomFieldType::Enum, true, &["Rust", "Go"]).await;
    let age = world.new_field("Age", CustomFieldType::Int, false, &[]).await;
    let user = json!({
        "id": "ann", "fullName": null, "firstName": "Ann", "lastName": "Lee", "username": "al",
        "avatarUrl": "https://example.org/a.png", "bio": "Helps.", "email": "Ann@Example.org",
        "linkedin": {"type": "handle", "value": "https://www.linkedin.com/in/ann"},
        "github": {"type": "handle", "value": "Ann"},
        "twitter": {"type": "handle", "value": "@ann"},
        "discord": {"type": "username", "username": "ann", "discriminator": 1234},
        "externalProfiles": [{"url": "https://ann.example"}],
        "roleAtCompany": "Engineering", "titleAtCompany": "Boss", "companyName": "Acme", "companyDomain": "acme.example",
        "country": "Germany", "city": "Bonn", "region": "NRW", "rawLocation": "Bonn, Germany",
        "tags": [{"type": "name", "name": "Helper"}],
        "customFields": [
            {"id": languages, "value": {"type": "enum", "value": ["Rust", "Go"]}},
            {"id": age, "value": {"type": "int", "value": 30}},
        ],
    });
    let answer = world.say(&user).await;
    assert_eq!((answer.status, answer.json()), (202, json!({"status": "ok"})));
    let mut member = world.member("ann@example.org").await;
    assert!(member["first_seen"].as_str().is_some_and(|seen| chrono::DateTime::parse_from_rfc3339(seen).is_ok()));
    member.as_object_mut().unwrap().remove("first_seen");
    assert_eq!(
        member,
        json!({
            "fullName": "Ann Lee", "activities_count": 0, "avatar": "https://example.org/a.png", "bio": "Helps.",
            "organization": "Acme", "title": "Boss",
            "location": {"city": "Bonn", "region": "NRW", "country": "Germany", "raw": "Bonn, Germany"},
            "member_tags": ["Helper"], "segments": [], "url": "https://ann.example", "twitter": "ann", "github": "Ann",
            "linkedin": "in/ann", "discord": "ann#1234",
            "custom_fields": [
                {"name": "Languages", "type": "enum", "value": ["Rust", "Go"]},
                {"name": "Age", "type": "int", "value": 30},
            ],
        })
    );
}

#[tokio::test]
async fn null_clears_and_absent_keeps() {
    let world = World::new().await;
    world.say(&json!({"id": "ann", "email": "ann@example.org", "bio": "x", "city": "Bonn"})).await;
    world.say(&json!({"id": "ann", "bio": null})).await;
    let member = world.member("ann@example.org").await;
    assert_eq!((member.get("bio"), &member["location"]["city"]), (None, &json!("Bonn")));
}

#[tokio::test]
async fn bad_fields_are_named_as_the_api_has_them() {
    let world = World::new().await;
    let field = world.new_field("Age", CustomFieldType::Int, false, &[]).await;
    let with = |name: &str, value: Value| json!({"id": "ann", name: value});
    for (user, bad) in [
        (json!({}), "id"),
        (json!({"id": 1}), "id"),
        (json!({"id": ""}), "id"),
        (json!([]), "body"),
        (with("email", json!("x")), "email"),
        (with("fullName", json!("x".repeat(201))), "fullName"),
        (with("avatarUrl", json!("x")), "avatarUrl"),
        (with("linkedin", json!("x")), "linkedin"),
        (with("github", json!({"type": "handle", "value": "two words"})), "github"),
        (with("github", json!({"type": "x", "value": "ann"})), "github.type"),
        (with("externalProfiles", json!([{"url": "x"}])), "externalProfiles[0].url"),
        (with("tags", json!([{"type": "id", "id": "x"}])), "tags[0].id"),
        (with("customFields", json!([{"id": field + 1}])), "customFields[0].customFieldId"),
        (
            with("customFields", json!([{"id": field, "value": {"type": "int", "value": "x"}}])),
            "customFields[0].values",
        ),
        (with("customFields", json!([{"id": field, "value": {"type": "url", "value": 1}}])), "customFields[0].type"),
    ] {
        assert_eq!(refused(&world.say(&user).await), [bad], "{user}");
    }
    assert_eq!(refused(&world.say(&json!({"id": "", "email": "x", "bio": "y"})).await), ["id", "email"]);
    let path = format!("/community/v1/source/{}/user", world.source);
    let request = world.suite.api.request(Method::POST, &path).bearer_auth(&world.token).body("{");
    assert_eq!(refused(&Answer::of(request).await), ["body"]);
    assert_eq!(refused(&world.post("/source/x/user", &json!({"id": "ann"})).await), ["destinationSourceId"]);
    assert_not_found(&world.post("/source/999999/user", &json!({"id": "ann"})).await);
}

#[tokio::test]
async fn a_large_body_is_refused() {
    let world = World::new().await;
    let answer = world.say(&json!({"id": "ann", "bio": "x".repeat(1024 * 1024)})).await;
    assert_eq!((answer.status, answer.json()["status"].as_str()), (413, Some("failure")));
}
