//! Activities.

use serde_json::{Value, json};

use super::{World, assert_done, assert_not_found, refused};

fn activity(changes: &Value) -> Value {
    let mut activity = json!({
        "id": "1", "activityType": "talk", "user": {"id": "ann", "email": "ann@example.org"},
        "activityTitle": {"type": "text", "value": "A talk"}, "content": {"type": "markdown", "value": "**Hi**"},
        "timestamp": "2026-01-02T03:04:05.678Z", "url": "https://example.org/1",
        "tags": [{"type": "name", "name": "Fun"}], "parentActivity": {"id": "0", "activityType": "talk"},
        "subSource": {"type": "name", "name": "general"},
    });
    activity.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    activity
}

#[tokio::test]
async fn an_activity_counts_for_its_person() {
    let world = World::new().await;
    for _ in 0..2 {
        let answer = world.tell(&activity(&json!({}))).await;
        assert_eq!((answer.status, answer.json()), (202, json!({"status": "ok"})));
    }
    let bare = json!({"id": "2", "activityType": "talk", "user": {"id": "ann"}, "activityTitle": null, "content": null,
        "parentActivity": null, "subSource": null, "url": null});
    assert_eq!(world.tell(&bare).await.status, 202);
    let member = world.member("ann@example.org").await;
    assert_eq!(member["activities_count"], 2);
    assert_eq!(member["first_seen"], "2026-01-02T03:04:05.678Z");
}

#[tokio::test]
async fn bad_fields_are_named_as_the_api_has_them() {
    let world = World::new().await;
    for (changes, bad) in [
        (json!({"id": ""}), "id"),
        (json!({"activityType": "unknown"}), "activityType"),
        (json!({"user": {"id": "ann", "email": "x"}}), "user.email"),
        (json!({"user": null}), "user"),
        (json!({"activityTitle": {"type": "markdown", "value": "x"}}), "activityTitle.type"),
        (json!({"activityTitle": {"type": "text", "value": "x".repeat(501)}}), "activityTitle"),
        (json!({"content": {"type": "text", "value": "x".repeat(50_001)}}), "content.value"),
        (json!({"timestamp": "yesterday"}), "timestamp"),
        (json!({"timestamp": "1969-01-01T00:00:00Z"}), "timestamp"),
        (json!({"url": "x"}), "url"),
        (json!({"parentActivity": {"id": "", "activityType": "talk"}}), "parentActivity.id"),
        (json!({"subSource": {"type": "name", "name": "x".repeat(201)}}), "subSource"),
    ] {
        assert_eq!(refused(&world.tell(&activity(&changes)).await), [bad], "{changes}");
    }
    assert_not_found(&world.post("/source/999999/activity", &activity(&json!({}))).await);
}

#[tokio::test]
async fn an_activity_is_added_to_members_who_are_there() {
    let world = World::new().await;
    world.person("ann").await;
    world.person("ben").await;
    let add = json!({"source": "Form", "socialType": "email", "value": "ann@example.org, BEN@example.org", "activityType": "talk",
        "activityBody": "Hello", "occurredAt": "2021-08-19T05:43:45.677Z", "tags": "Fun, Loud"});
    for _ in 0..2 {
        assert_done(&world.post("/activities", &add).await);
    }
    for email in ["ann@example.org", "ben@example.org"] {
        assert_eq!(world.member(email).await["activities_count"], 1);
    }
    for (name, value) in [
        ("value", "x@example.org"),
        ("socialType", "x"),
        ("activityType", "unknown"),
        ("occurredAt", "x"),
        ("source", ""),
    ] {
        let mut bad = add.clone();
        bad[name] = value.into();
        assert_eq!(refused(&world.post("/activities", &bad).await), [name]);
    }
}

#[tokio::test]
async fn the_types_are_listed() {
    let world = World::new().await;
    assert_eq!(world.get("/activityTypes").await.ok(), json!([{"id": "talk", "displayName": "Talk"}]));
}
