//! `/v1/profile`, and `GET /v1/accounts/:id/profile`.

use connectus_testkit::{Person, Suite};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ENCODINGS, Encoding, Target, with};

fn change(person: &Person) -> Target {
    Target::new(Method::PATCH, "/v1/profile", Some(&person.token))
}

/// A person's profile, with some fields filled in.
fn user(fields: &Value) -> Value {
    let empty = json!({
        "type": "User", "interests": [], "biography": "", "education": "", "quote": "", "current_residence": "",
        "certifications": "",
    });
    with(&empty, fields)
}

fn address(fields: &Value) -> Value {
    let empty = json!({
        "street": "", "city": "", "province": "", "country": "", "postal_code": "", "apt_number": "", "geojson": null,
    });
    with(&empty, fields)
}

/// An organization's profile, with some fields filled in.
fn organization(fields: &Value) -> Value {
    let empty = json!({
        "type": "Organization", "mission": "", "quote": "", "address": address(&json!({})), "affiliated_orgs": [],
        "interests": [],
    });
    with(&empty, fields)
}

/// The profile as the account itself and as strangers see it, which is the same.
async fn shown(suite: &Suite, person: &Person) -> Value {
    let own = suite.api.get("/v1/profile", Some(&person.token)).await.ok();
    assert_eq!(own, suite.api.get(&format!("/v1/accounts/{}/profile", person.id), None).await.ok());
    own
}

#[tokio::test]
async fn profiles_are_empty_at_first() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    assert_eq!(shown(&suite, &ann).await, user(&json!({})));
    assert_eq!(shown(&suite, &help).await, organization(&json!({})));
}

#[tokio::test]
async fn a_person_changes_every_field_in_every_encoding() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for encoding in ENCODINGS {
        let text = |name: &str| format!("{name} {encoding:?} & <ü>\n✓");
        let fields = json!({
            "interests": [text("a"), text("b")], "biography": text("c"), "education": text("d"), "quote": text("e"),
            "current_residence": text("f"), "certifications": text("g"),
        });
        let ignored = json!({"type": "Organization", "mission": "x", "unknown": {"x": 1}});
        let answer = change(&ann).send(&suite.api, encoding, &with(&fields, &ignored)).await;
        assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
        // Multipart keeps a line break as it is, and so do the others.
        assert_eq!(shown(&suite, &ann).await, user(&fields), "{encoding:?}");
    }
}

#[tokio::test]
async fn an_organization_changes_every_field_in_every_encoding() {
    let suite = Suite::start().await;
    let (help, aid) = (suite.organization("Help").await, suite.organization("Aid").await);
    for encoding in ENCODINGS {
        let text = |name: &str| format!("{name}{encoding:?}");
        let fields = json!({
            "mission": text("a"), "quote": text("b"), "affiliated_orgs": [aid.id], "interests": [text("c"), text("d")],
            "address": {
                "street": text("e"), "city": text("f"), "province": text("g"), "country": text("h"),
                "postal_code": text("i"), "apt_number": text("j"),
                "geojson": {"type": "Point", "coordinates": [-0.5, 51.25]},
            },
        });
        let ignored = json!({"type": "User", "biography": "x", "unknown": "x"});
        let answer = change(&help).send(&suite.api, encoding, &with(&fields, &ignored)).await;
        assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
        assert_eq!(shown(&suite, &help).await, organization(&fields), "{encoding:?}");
    }
}

#[tokio::test]
async fn what_is_not_sent_stays_as_it_was() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for fields in [json!({"quote": "a"}), json!({"biography": "b"}), json!({}), json!({"type": "x"})] {
        change(&ann).send(&suite.api, Encoding::Json, &fields).await.ok();
    }
    assert_eq!(shown(&suite, &ann).await, user(&json!({"quote": "a", "biography": "b"})));
    change(&ann).send(&suite.api, Encoding::Json, &json!({"quote": ""})).await.ok();
    assert_eq!(shown(&suite, &ann).await, user(&json!({"biography": "b"})));
    let point = json!({"type": "Point", "coordinates": [1.0, 2.0]});
    for part in [json!({"city": "Bonn"}), json!({"geojson": point}), json!({"street": "Elm"}), json!({})] {
        change(&help).send(&suite.api, Encoding::Json, &json!({"address": part})).await.ok();
    }
    let whole = address(&json!({"city": "Bonn", "street": "Elm", "geojson": point}));
    assert_eq!(shown(&suite, &help).await, organization(&json!({"address": whole})));
    change(&help).send(&suite.api, Encoding::Json, &json!({"address": {"geojson": null}})).await.ok();
    let whole = address(&json!({"city": "Bonn", "street": "Elm"}));
    assert_eq!(shown(&suite, &help).await, organization(&json!({"address": whole})));
}

#[tokio::test]
async fn a_persons_invalid_fields_are_named_and_nothing_changes() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let mut cases = Vec::new();
    for (field, most) in
        [("biography", 5000), ("education", 500), ("quote", 500), ("current_residence", 500), ("certifications", 2000)]
    {
        for bad in [json!("x".repeat(most + 1)), json!(null), json!(7), json!(["x"]), json!({"x": 1})] {
            cases.push((json!({"interests": ["good"], field: bad}), field));
        }
    }
    let too_many = json!(vec!["x"; 51]);
    for bad in [too_many, json!([""]), json!(["x".repeat(101)]), json!(null), json!("x")] {
        cases.push((json!({"interests": bad}), "interests"));
    }
    cases.push((json!({"interests": ["a", null]}), "interests[1]"));
    change(&ann).refuses(&suite.api, &cases).await;
    assert_eq!(shown(&suite, &ann).await, user(&json!({})));
}

#[tokio::test]
async fn an_organizations_invalid_fields_are_named_and_nothing_changes() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let geojson = |point: Value| json!({"address": {"geojson": point}});
    let point = |x: f64, y: f64| json!({"type": "Point", "coordinates": [x, y]});
    let cases = [
        (json!({"mission": "x".repeat(5001)}), "mission"),
        (json!({"quote": null}), "quote"),
        (json!({"address": null}), "address"),
        (json!({"address": "1 Elm"}), "address"),
        (json!({"address": {"city": "x".repeat(201)}}), "address.city"),
        (json!({"address": {"postal_code": "x".repeat(21)}}), "address.postal_code"),
        (json!({"address": {"street": null}}), "address.street"),
        (geojson(point(180.5, 0.0)), "address.geojson.coordinates"),
        (geojson(point(0.0, -90.5)), "address.geojson.coordinates"),
        (geojson(json!({"type": "Line", "coordinates": [0, 0]})), "address.geojson.type"),
        (geojson(json!({"type": "Point", "coordinates": [0]})), "address.geojson.coordinates"),
        (geojson(json!({"type": "Point", "coordinates": ["a", "b"]})), "address.geojson.coordinates[0]"),
        (geojson(json!({"type": "Point"})), "address.geojson.coordinates"),
        (json!({"affiliated_orgs": ["x"]}), "affiliated_orgs"),
        (json!({"affiliated_orgs": [ann.id]}), "affiliated_orgs"),
        (json!({"affiliated_orgs": vec![help.id.as_str(); 201]}), "affiliated_orgs"),
        (json!({"affiliated_orgs": null}), "affiliated_orgs"),
    ];
    change(&help).refuses(&suite.api, &cases).await;
    assert_eq!(shown(&suite, &help).await, organization(&json!({})));
}
