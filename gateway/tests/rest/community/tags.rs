//! Tags.

use reqwest::Method;
use serde_json::json;

use super::{World, assert_done, assert_not_found, refused};

#[tokio::test]
async fn a_tag_is_made_changed_deleted_and_brought_back() {
    let world = World::new().await;
    let new = json!({"name": "Helper", "description": "Helps.", "entityTypes": ["member", "company"]});
    let made = world.post("/tags", &new).await.ok();
    let path = format!("/tags/{}", made["id"].as_str().unwrap());
    assert_eq!((&made["name"], &made["entityTypes"]), (&json!("Helper"), &json!(["member", "company"])));
    assert_eq!((&made["description"], &made["deletedAt"]), (&json!("Helps."), &json!(null)));
    assert!(chrono::DateTime::parse_from_rfc3339(made["createdAt"].as_str().unwrap()).is_ok());
    assert_eq!(world.get(&path).await.ok(), made);
    assert_eq!(world.get("/tags").await.ok(), json!({"labels": [made]}));
    assert_eq!(world.post(&path, &json!({"name": "Friend"})).await.ok()["description"], "Helps.");
    assert_eq!(
        world.post(&path, &json!({"name": "Friend", "description": null})).await.ok()["description"],
        json!(null)
    );
    assert_done(&world.call(Method::DELETE, &path, None).await);
    assert_eq!(world.get("/tags").await.ok(), json!({"labels": []}));
    assert!(world.get(&path).await.ok()["deletedAt"].is_string());
    assert_eq!(world.post(&path, &json!({"name": "Friend"})).await.ok()["deletedAt"], json!(null));
    assert_eq!(refused(&world.post("/tags", &json!({"name": "FRIEND", "entityTypes": ["member"]})).await), ["name"]);
}

#[tokio::test]
async fn bad_tags_are_refused() {
    let world = World::new().await;
    for (new, bad) in [
        (json!({"name": "", "entityTypes": ["member"]}), "name"),
        (json!({"name": "a,b", "entityTypes": ["member"]}), "name"),
        (json!({"name": "a", "entityTypes": []}), "entityTypes"),
        (json!({"name": "a", "entityTypes": ["x"]}), "entityTypes[0]"),
        (json!({"entityTypes": ["member"]}), "name"),
        (json!({"name": "a", "entityTypes": ["member"], "description": "x".repeat(1001)}), "description"),
    ] {
        assert_eq!(refused(&world.post("/tags", &new).await), [bad], "{new}");
    }
    assert_not_found(&world.get("/tags/x").await);
    assert_not_found(&world.post("/tags/x", &json!({"name": "a"})).await);
    assert_not_found(&world.call(Method::DELETE, "/tags/x", None).await);
}
