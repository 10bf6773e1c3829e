//! Segments.

use serde_json::json;

use super::{World, assert_done, assert_not_found, refused};

#[tokio::test]
async fn members_are_put_into_segments() {
    let world = World::new().await;
    world.person("ann").await;
    world.person("ben").await;
    let made = world.new_segment("Helpers", &["new", "active"]).await;
    let (id, statuses) = (made.segment.unwrap().id, made.statuses);
    assert_eq!(world.get("/segments").await.ok(), json!([{"id": id, "name": "Helpers"}]));
    let listed = json!([{"id": statuses[0].id, "name": "new"}, {"id": statuses[1].id, "name": "active"}]);
    assert_eq!(world.get(&format!("/segments/{id}/status")).await.ok(), listed);
    assert_not_found(&world.get("/segments/999999/status").await);
    assert_eq!(refused(&world.get("/segments/x/status").await), ["id"]);
    let path = format!("/segments/{id}");
    let add = |value: &str, status: i64| json!({"socialType": "email", "value": value, "statusId": status});
    assert_done(&world.post(&path, &add("ann@example.org, ben@example.org", statuses[1].id)).await);
    assert_done(&world.post(&path, &json!({"socialType": "email", "value": "ann@example.org"})).await);
    assert_eq!(world.member("ben@example.org").await["segments"], json!([{"id": id, "name": "Helpers"}]));
    assert_not_found(&world.post(&path, &add("x@example.org", statuses[0].id)).await);
    assert_not_found(&world.post("/segments/999999", &add("ann@example.org", statuses[0].id)).await);
    assert_eq!(refused(&world.post(&path, &add("ann@example.org", 999_999)).await), ["statusId"]);
    assert_eq!(refused(&world.post(&path, &add("", statuses[0].id)).await), ["value"]);
    assert_done(&world.post("/segments/note", &json!({"segmentId": id, "note": "Good."})).await);
    assert_not_found(&world.post("/segments/note", &json!({"segmentId": 999_999, "note": "Good."})).await);
    assert_eq!(refused(&world.post("/segments/note", &json!({"segmentId": id, "note": ""})).await), ["note"]);
}

#[tokio::test]
async fn a_list_does_not_do_for_a_body() {
    let world = World::new().await;
    let segment = world.new_segment("Helpers", &[]).await.segment.unwrap();
    let as_list = json!([segment.id, "They are many."]);
    assert_eq!(refused(&world.post("/segments/note", &as_list).await), ["body"]);
    let note = json!({"segmentId": segment.id, "note": "They are many."});
    assert_done(&world.post("/segments/note", &note).await);
}
