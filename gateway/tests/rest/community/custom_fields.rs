//! Custom fields.

use connectus_proto::community::v1::CustomFieldType;
use serde_json::json;

use super::{World, assert_done, assert_not_found, refused};

#[tokio::test]
async fn fields_are_listed_and_set() {
    let world = World::new().await;
    world.person("ann").await;
    let active = world.new_field("Active", CustomFieldType::Boolean, false, &[]).await;
    let colors = world.new_field("Colors", CustomFieldType::Enum, true, &["red", "blue"]).await;
    let listed = json!([
        {"id": active, "name": "Active", "type": "boolean", "multivalue": false, "values": []},
        {"id": colors, "name": "Colors", "type": "enum", "multivalue": true, "values": ["red", "blue"]},
    ]);
    assert_eq!(world.get("/members/customFields").await.ok(), listed);
    let of_source = format!("/members/customFields?destinationSourceId={}", world.source);
    assert_eq!(world.get(&of_source).await.ok(), listed);
    assert_eq!(world.get("/members/customFields?destinationSourceId=x").await.ok(), json!([]));
    let one = json!({"socialType": "email", "value": "ann@example.org", "customFieldId": active,
        "customFieldValue": {"type": "boolean", "value": true}});
    assert_done(&world.post("/members/customFields", &one).await);
    let several = json!({"socialType": "email", "value": "ann@example.org", "customFieldId": colors,
        "customFieldValues": [{"type": "enum", "value": "red"}, {"type": "enum", "value": "blue"}]});
    assert_done(&world.post("/members/customFields", &several).await);
    let known = world.member("ann@example.org").await["custom_fields"].clone();
    let expected = json!([
        {"name": "Active", "type": "boolean", "value": true},
        {"name": "Colors", "type": "enum", "value": ["red", "blue"]},
    ]);
    assert_eq!(known, expected);
    let with = |name: &str, value| {
        let mut bad = one.clone();
        bad[name] = value;
        bad
    };
    let post = async |body| world.post("/members/customFields", &body).await;
    assert_not_found(&post(with("value", json!("x@example.org"))).await);
    assert_eq!(refused(&post(with("customFieldId", json!(0))).await), ["customFieldId"]);
    let wrong = json!({"type": "boolean", "value": "x"});
    assert_eq!(refused(&post(with("customFieldValue", wrong)).await), ["values"]);
    assert_eq!(refused(&post(with("customFieldValue", json!(null))).await), ["customFieldValue"]);
}
