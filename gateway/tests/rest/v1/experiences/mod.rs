//! `/v1/experiences`, and `GET /v1/accounts/:id/experiences`.

mod email_approve;
mod lists;
mod opportunity;
mod resolve;
mod validations;

use connectus_testkit::{Person, Suite};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ENCODINGS, Encoding, Target, with, without};

fn create(person: &Person) -> Target {
    Target::new(Method::POST, "/v1/experiences", Some(&person.token))
}

/// An experience with every field filled in, for nobody to confirm.
fn full() -> Value {
    json!({
        "location": {
            "street": "1 Elm", "city": "Köln", "province": "NRW", "country": "Germany", "postal_code": "50667",
            "apt_number": "3b", "geojson": {"type": "Point", "coordinates": [6.96, 50.94]},
        },
        "name": "Beach clean-up & more", "organization": "", "opportunity": "",
        "description": "Two lines\nof <what> was done", "when": {"begin": "May 1st", "end": "May 2nd"}, "hours": 12,
        "email_verify": false,
    })
}

/// The least that an experience has.
fn least() -> Value {
    json!({"name": "Shift", "description": "Soup", "email_verify": false})
}

/// The newest experience of a person, and no other field than the contract's.
async fn newest(suite: &Suite, person: &Person) -> Value {
    suite.api.get("/v1/experiences", Some(&person.token)).await.ok()[0].clone()
}

/// What an experience must look like that was just written down.
fn shown(body: &Value, id: &Value, created_at: &Value, is_verified: bool) -> Value {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!((now - 60..=now).contains(&created_at.as_u64().unwrap()), "{created_at} is not a moment ago");
    let more = json!({"id": id, "created_at": created_at, "is_verified": is_verified, "organization_name": ""});
    with(body, &more)
}

/// Writes an experience down, and returns its id.
async fn add(suite: &Suite, person: &Person, body: &Value) -> String {
    create(person).send(&suite.api, Encoding::Json, body).await.ok()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_experience_is_kept_as_it_was_written_in_every_encoding() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for encoding in ENCODINGS {
        for (organization, email_verify) in [("", false), (&*help.id, false), ("boss@example.org", true)] {
            let body = with(&full(), &json!({"organization": organization, "email_verify": email_verify}));
            let ignored = json!({"id": "x", "is_verified": true, "created_at": 1, "unknown": "x"});
            let created = create(&ann).send(&suite.api, encoding, &with(&body, &ignored)).await.ok();
            let seen = newest(&suite, &ann).await;
            assert_eq!(created, json!({"message": "200 - OK", "id": seen["id"]}));
            assert_eq!(seen, shown(&body, &created["id"], &seen["created_at"], false), "{encoding:?}");
        }
    }
}

#[tokio::test]
async fn what_is_not_said_is_empty() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let id = add(&suite, &ann, &least()).await;
    let empty = json!({
        "location": {
            "street": "", "city": "", "province": "", "country": "", "postal_code": "", "apt_number": "", "geojson": null,
        },
        "organization": "", "opportunity": "", "when": {"begin": "", "end": ""}, "hours": 0,
    });
    let seen = newest(&suite, &ann).await;
    assert_eq!(seen, shown(&with(&least(), &empty), &json!(id), &seen["created_at"], false));
}

#[tokio::test]
async fn whoever_is_to_confirm_it_is_asked() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    add(&suite, &ann, &with(&least(), &json!({"organization": "boss@example.org", "email_verify": true}))).await;
    let link = suite.mail.next("boss@example.org").await.link().to_owned();
    assert!(link.starts_with(&format!("{}/v1/experiences/email-approve/", suite.api.url())), "{link}");
    let id = add(&suite, &ann, &with(&least(), &json!({"organization": help.id}))).await;
    let inbox = suite.api.get("/v1/experiences/validations", Some(&help.token)).await.ok();
    assert_eq!(inbox, json!([{"user_id": ann.id, "experience_id": id}]));
}

#[tokio::test]
async fn invalid_fields_are_named_and_nothing_is_kept() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let mut cases: Vec<(Value, &str)> = vec![(without(&full(), "email_verify"), "email_verify")];
    for (field, most) in [("name", 200), ("description", 5000), ("opportunity", 100)] {
        for bad in [json!("x".repeat(most + 1)), json!(null), json!(7), json!(["x"])] {
            cases.push((with(&full(), &json!({field: bad})), field));
        }
    }
    let when = |begin: Value, end: Value| json!({"when": {"begin": begin, "end": end}});
    let location = |name: &str, value: Value| json!({"location": {name: value}});
    let point = |coordinates: Value| location("geojson", json!({"type": "Point", "coordinates": coordinates}));
    for (changes, field) in [
        (json!({"name": " "}), "name"),
        (json!({"description": ""}), "description"),
        (json!({"hours": -1}), "hours"),
        (json!({"hours": 1_000_001}), "hours"),
        (json!({"hours": 1.5}), "hours"),
        (json!({"hours": 1e300}), "hours"),
        (json!({"hours": 4_294_967_296_u64}), "hours"),
        (json!({"hours": "3"}), "hours"),
        (json!({"hours": null}), "hours"),
        (json!({"email_verify": null}), "email_verify"),
        (json!({"email_verify": "true"}), "email_verify"),
        (json!({"organization": null}), "organization"),
        (json!({"organization": "no address", "email_verify": true}), "organization"),
        (json!({"organization": "", "email_verify": true}), "organization"),
        (json!({"organization": ann.email, "email_verify": true}), "organization"),
        (json!({"when": null}), "when"),
        (json!({"when": "May"}), "when"),
        (when(json!("x".repeat(65)), json!("")), "when.begin"),
        (when(json!(""), json!("x".repeat(65))), "when.end"),
        (when(json!(null), json!("")), "when.begin"),
        (json!({"location": null}), "location"),
        (location("street", json!("x".repeat(201))), "location.street"),
        (location("apt_number", json!("x".repeat(51))), "location.apt_number"),
        (location("city", json!(null)), "location.city"),
        (location("geojson", json!("Bonn")), "location.geojson"),
        (point(json!([181, 0])), "location.geojson.coordinates"),
        (point(json!([0, 91])), "location.geojson.coordinates"),
        (point(json!([0, 0, 0])), "location.geojson.coordinates"),
        (point(json!([0, null])), "location.geojson.coordinates[1]"),
    ] {
        cases.push((with(&full(), &changes), field));
    }
    create(&ann).refuses(&suite.api, &cases).await;
    assert_eq!(suite.api.get("/v1/experiences", Some(&ann.token)).await.ok(), json!([]));
}

#[tokio::test]
async fn only_people_write_them_down_and_only_for_organizations_that_are_there() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let answer = create(&help).send(&suite.api, Encoding::Json, &least()).await;
    assert_eq!(answer.error(), (400, 4000, "Incorrect account type, user account required.".to_owned()));
    for organization in ["x", "boss@example.org", &ann.id, "0193e0d2-0000-7000-8000-000000000000"] {
        let body = with(&least(), &json!({"organization": organization}));
        let answer = create(&ann).send(&suite.api, Encoding::Json, &body).await;
        assert_eq!(answer.error(), (404, 4002, "Organization not found.".to_owned()), "{organization}");
    }
}
