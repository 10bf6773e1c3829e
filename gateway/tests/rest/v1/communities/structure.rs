//! What a community's data is made of: `/v1/communities/:id/sources`, `custom-fields`, `segments` and `activity-types`.

use connectus_testkit::{Person, Suite};
use reqwest::Method;
use serde_json::{Value, json};

use super::{add, make};
use crate::support::{ENCODINGS, Target, with, without};

/// What can be made, with a body whose fields are all filled in.
fn parts() -> [(&'static str, Value); 4] {
    [
        ("sources", json!({"name": "Forum"})),
        ("custom-fields", json!({"name": "Colour", "type": "enum", "multivalue": true, "values": ["red", "blue"]})),
        ("segments", json!({"name": "Helpers", "statuses": ["new", "trained"]})),
        ("activity-types", json!({"id": "forum_post-1", "displayName": "Forum post"})),
    ]
}

fn target(organization: &Person, path: &str, part: &str) -> Target {
    Target::new(Method::POST, format!("{path}/{part}"), Some(&organization.token))
}

/// A community as its organization sees it.
async fn seen(suite: &Suite, organization: &Person, path: &str) -> Value {
    suite.api.get(path, Some(&organization.token)).await.ok()
}

#[tokio::test]
async fn what_is_made_in_whatever_encoding_is_shown_with_the_community() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let mut ids = Vec::new();
    for encoding in ENCODINGS {
        let path = add(&suite, &help, "Friends").await;
        let mut expected = seen(&suite, &help, &path).await;
        let empty = json!({"sources": [], "custom_fields": [], "segments": [], "activity_types": []});
        assert_eq!(with(&expected, &empty), expected);
        for (part, body) in parts() {
            let body = with(&body, &json!({"unknown": "x"}));
            let mut made = target(&help, &path, part).send(&suite.api, encoding, &body).await.ok();
            assert_eq!(made.as_object_mut().unwrap().remove("message"), Some(json!("200 - OK")));
            let mut asked = without(&body, "unknown");
            if part == "segments" {
                asked["statuses"] = statuses(&made, &["new", "trained"]);
            }
            if part != "activity-types" {
                assert!(made["id"].is_i64(), "{made}");
                ids.push(made["id"].clone());
                asked["id"] = made["id"].clone();
            }
            assert_eq!(made, asked, "{encoding:?}");
            expected[part.replace('-', "_")] = json!([made]);
        }
        assert_eq!(seen(&suite, &help, &path).await, expected, "{encoding:?}");
    }
    assert_eq!(ids.len(), 9);
}

/// What the statuses of a new segment must look like: with numbers in their order.
fn statuses(made: &Value, names: &[&str]) -> Value {
    let ids: Vec<i64> =
        made["statuses"].as_array().unwrap().iter().map(|status| status["id"].as_i64().unwrap()).collect();
    assert!(ids.is_sorted() && ids.len() == names.len(), "{made}");
    ids.iter().zip(names).map(|(id, name)| json!({"id": id, "name": name})).collect()
}

#[tokio::test]
async fn what_is_not_said_of_fields_and_segments_is_empty() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let path = add(&suite, &help, "Friends").await;
    for kind in ["string", "date", "int", "number", "url", "boolean"] {
        let made = make(&suite, &help, &format!("{path}/custom-fields"), &json!({"name": kind, "type": kind})).await;
        let empty = json!({"id": made["id"], "name": kind, "type": kind, "multivalue": false, "values": []});
        assert_eq!(made, empty);
    }
    let made = make(&suite, &help, &format!("{path}/segments"), &json!({"name": "Helpers"})).await;
    assert_eq!(made, json!({"id": made["id"], "name": "Helpers", "statuses": []}));
    let kinds: Vec<Value> = seen(&suite, &help, &path).await["custom_fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["type"].clone())
        .collect();
    assert_eq!(kinds, ["string", "date", "int", "number", "url", "boolean"], "by id");
}

#[tokio::test]
async fn a_name_is_there_once_in_a_community() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let (path, other) = (add(&suite, &help, "Friends").await, add(&suite, &help, "Others").await);
    for (part, body) in parts() {
        make(&suite, &help, &format!("{path}/{part}"), &body).await;
        let mut again = body.clone();
        if part != "activity-types" {
            again["name"] = body["name"].as_str().unwrap().to_uppercase().into();
        }
        let answer = suite.api.post(&format!("{path}/{part}"), Some(&help.token), &again).await;
        assert_eq!(answer.error(), (409, 4003, "Name already taken.".to_owned()), "{part}");
        make(&suite, &help, &format!("{other}/{part}"), &again).await;
    }
}

#[tokio::test]
async fn a_community_has_two_hundred_of_each_at_most() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let path = add(&suite, &help, "Friends").await;
    for (part, columns, values, message) in [
        ("sources", "name", "n", "Source limit reached."),
        (
            "custom-fields",
            "name, kind, is_multivalue, allowed_values",
            "n, 'url', false, '{}'",
            "Custom field limit reached.",
        ),
        ("segments", "name", "n", "Segment limit reached."),
        ("activity-types", "id, display_name", "n, n", "Activity type limit reached."),
    ] {
        let table = part.replace('-', "_");
        let fill = format!(
            "INSERT INTO community.{table} (community_id, {columns}) SELECT c.id, {values} \
             FROM community.communities c, generate_series(1, 199) AS g (i), CAST(i AS text) AS n"
        );
        suite.database.execute(&fill).await;
        let (_, body) = parts().into_iter().find(|(other, _)| *other == part).unwrap();
        make(&suite, &help, &format!("{path}/{part}"), &body).await;
        let more = with(&body, &if part == "activity-types" { json!({"id": "more"}) } else { json!({"name": "more"}) });
        let answer = suite.api.post(&format!("{path}/{part}"), Some(&help.token), &more).await;
        assert_eq!(answer.error(), (409, 4004, message.to_owned()));
    }
}

#[tokio::test]
async fn invalid_fields_are_named_and_nothing_is_kept() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let path = add(&suite, &help, "Friends").await;
    let before = seen(&suite, &help, &path).await;
    for (part, body) in parts() {
        let named = if part == "activity-types" { "displayName" } else { "name" };
        let mut cases = vec![(without(&body, named), named)];
        for bad in [json!(" "), json!("x".repeat(101)), json!(null), json!(7), json!(["x"])] {
            cases.push((with(&body, &json!({named: bad})), named));
        }
        let own: Vec<(Value, &str)> = match part {
            "custom-fields" => vec![
                (json!({"type": "colour"}), "type"),
                (json!({"type": "ENUM"}), "type"),
                (json!({"type": null}), "type"),
                (json!({"multivalue": "true"}), "multivalue"),
                (json!({"values": []}), "values"),
                (json!({"values": "red"}), "values"),
                (json!({"values": ["red", ""]}), "values[1]"),
                (json!({"values": ["red", "RED"]}), "values[1]"),
                (json!({"values": ["x".repeat(201)]}), "values[0]"),
                (json!({"values": (0..201).map(|n| n.to_string()).collect::<Vec<_>>()}), "values"),
                (json!({"type": "url"}), "values"),
            ],
            "segments" => vec![
                (json!({"statuses": "new"}), "statuses"),
                (json!({"statuses": ["new", 7]}), "statuses[1]"),
                (json!({"statuses": ["new", "NEW"]}), "statuses[1]"),
                (json!({"statuses": ["x".repeat(101)]}), "statuses[0]"),
                (json!({"statuses": (0..51).map(|n| n.to_string()).collect::<Vec<_>>()}), "statuses"),
            ],
            "activity-types" => vec![
                (json!({"id": ""}), "id"),
                (json!({"id": "Posted"}), "id"),
                (json!({"id": "a b"}), "id"),
                (json!({"id": "x".repeat(101)}), "id"),
                (json!({"id": 7}), "id"),
            ],
            _ => vec![],
        };
        cases.extend(own.into_iter().map(|(changes, field)| (with(&body, &changes), field)));
        target(&help, &path, part).refuses(&suite.api, &cases).await;
    }
    let typeless = without(&parts()[1].1, "type");
    target(&help, &path, "custom-fields").refuses(&suite.api, &[(typeless, "type")]).await;
    assert_eq!(seen(&suite, &help, &path).await, before);
}
