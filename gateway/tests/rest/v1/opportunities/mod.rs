//! `/v1/opportunities`, and what is below it.

mod calendar;
mod interest;
mod search;

use connectus_testkit::{Answer, Person, Suite};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ENCODINGS, Encoding, Target, with, without};

/// An opportunity with every field filled in, of two shifts that need one person each.
pub(super) fn full() -> Value {
    json!({
        "name": "Beach clean-up & more", "description": "Two lines\nof <what> is to be done",
        "address": {
            "street": "1 Elm", "city": "Köln", "province": "NRW", "country": "Germany", "postal_code": "50667",
            "apt_number": "3b", "geojson": {"type": "Point", "coordinates": [6.96, 50.94]},
        },
        "is_signups_enabled": true, "number_of_people_needed": 1, "tags": ["sea", "Müll"],
        "shift_times": [
            {"id": "", "begin": "2099-05-01T09:00:00Z", "end": "2099-05-01T11:00:00Z"},
            {"id": "", "begin": "2099-05-02T09:00:00Z", "end": "2099-05-02T11:00:00Z"},
        ],
        "method_of_contact": "call +49 221",
    })
}

/// The least that an opportunity has: people only show interest in it.
pub(super) fn least() -> Value {
    json!({"name": "Choir", "description": "Sing."})
}

/// Makes an opportunity, and returns its id.
pub(super) async fn add(suite: &Suite, organization: &Person, body: &Value) -> String {
    let made = suite.api.post("/v1/opportunities", Some(&organization.token), body).await.ok();
    assert_eq!(made, json!({"message": "200 - OK", "id": made["id"]}));
    made["id"].as_str().unwrap().to_owned()
}

/// An opportunity as somebody or nobody sees it.
async fn seen(suite: &Suite, id: &str, viewer: Option<&Person>) -> Value {
    suite.api.get(&format!("/v1/opportunities/{id}"), viewer.map(|viewer| &*viewer.token)).await.ok()
}

/// What an opportunity must look like that was just made, and that nobody is interested in.
pub(super) fn shown(body: &Value, organization: &Person, seen: &Value) -> Value {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let created_at = &seen["created_at"];
    assert!((now - 60..=now).contains(&created_at.as_u64().unwrap()), "{created_at} is not a moment ago");
    let shifts = body["shift_times"].as_array().into_iter().flatten().zip(seen["shift_times"].as_array().unwrap());
    let shifts: Vec<Value> = shifts
        .map(|(shift, seen)| with(shift, &json!({"id": seen["id"], "signed_up": 0, "waiting": 0, "state": ""})))
        .collect();
    let more = json!({
        "id": seen["id"], "organization": organization.id, "created_at": created_at, "interested_users": [],
        "is_interested": false, "shift_times": shifts,
    });
    with(body, &more)
}

fn put(organization: &Person, id: &str) -> Target {
    Target::new(Method::PUT, format!("/v1/opportunities/{id}"), Some(&organization.token))
}

async fn delete(suite: &Suite, by: &Person, id: &str) -> Answer {
    suite.api.call(Method::DELETE, &format!("/v1/opportunities/{id}"), Some(&by.token), None).await
}

#[tokio::test]
async fn an_opportunity_is_kept_as_it_was_written_in_every_encoding() {
    let suite = Suite::start().await;
    let (help, ann) = (suite.organization("Help").await, suite.user("Ann").await);
    let ignored = json!({"id": "x", "organization": "x", "interested_users": ["x"], "created_at": 1, "unknown": "x"});
    for encoding in ENCODINGS {
        let target = Target::new(Method::POST, "/v1/opportunities", Some(&help.token));
        let made = target.send(&suite.api, encoding, &with(&full(), &ignored)).await.ok();
        let id = made["id"].as_str().unwrap();
        for viewer in [None, Some(&ann), Some(&help)] {
            let seen = seen(&suite, id, viewer).await;
            assert_eq!(seen["id"], id);
            assert_eq!(seen, shown(&full(), &help, &seen), "{encoding:?}");
        }
        let changed = with(&full(), &json!({"name": "Dunes", "tags": ["a", "b"], "number_of_people_needed": 3}));
        let answer = put(&help, id).send(&suite.api, encoding, &changed).await;
        assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
        let seen = seen(&suite, id, None).await;
        assert_eq!(seen, shown(&changed, &help, &seen), "{encoding:?}");
    }
}

#[tokio::test]
async fn what_is_not_said_is_empty() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let id = add(&suite, &help, &least()).await;
    let seen = seen(&suite, &id, None).await;
    let empty = json!({
        "address": {
            "street": "", "city": "", "province": "", "country": "", "postal_code": "", "apt_number": "", "geojson": null,
        },
        "is_signups_enabled": false, "number_of_people_needed": 0, "tags": [], "method_of_contact": "",
    });
    assert_eq!(seen, shown(&with(&least(), &empty), &help, &seen));
}

#[tokio::test]
async fn moments_are_taken_with_any_offset_and_answered_in_utc() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let shifts = json!([{"begin": "2099-05-01T09:00:00.5+02:00", "end": "2099-05-01T09:00:00-04:00"}]);
    let id = add(&suite, &help, &with(&full(), &json!({"shift_times": shifts}))).await;
    let shift = seen(&suite, &id, None).await["shift_times"][0].clone();
    assert_eq!((&shift["begin"], &shift["end"]), (&json!("2099-05-01T07:00:00Z"), &json!("2099-05-01T13:00:00Z")));
}

#[tokio::test]
async fn invalid_fields_are_named_and_nothing_is_kept() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let id = add(&suite, &help, &full()).await;
    let before = seen(&suite, &id, None).await;
    let mut cases: Vec<(Value, &str)> =
        vec![(without(&full(), "name"), "name"), (without(&full(), "description"), "description")];
    for (field, most) in [("name", 200), ("description", 5000), ("method_of_contact", 500)] {
        for bad in [json!("x".repeat(most + 1)), json!(null), json!(7), json!(["x"])] {
            cases.push((with(&full(), &json!({field: bad})), field));
        }
    }
    let shift =
        |begin: &str, end: &str| json!({"shift_times": [full()["shift_times"][0], {"begin": begin, "end": end}]});
    let (begin, end) = ("2099-06-01T09:00:00Z", "2099-06-01T11:00:00Z");
    for (changes, field) in [
        (json!({"name": " "}), "name"),
        (json!({"number_of_people_needed": 0}), "number_of_people_needed"),
        (json!({"number_of_people_needed": 10_001}), "number_of_people_needed"),
        (json!({"number_of_people_needed": -1, "is_signups_enabled": false}), "number_of_people_needed"),
        (json!({"number_of_people_needed": "1"}), "number_of_people_needed"),
        (json!({"is_signups_enabled": "true"}), "is_signups_enabled"),
        (json!({"tags": "a"}), "tags"),
        (json!({"tags": [""]}), "tags"),
        (json!({"tags": ["x".repeat(51)]}), "tags"),
        (json!({"tags": vec!["x"; 21]}), "tags"),
        (json!({"tags": ["a", null]}), "tags[1]"),
        (json!({"address": {"city": "x".repeat(201)}}), "address.city"),
        (json!({"address": {"geojson": {"type": "Point", "coordinates": [181, 0]}}}), "address.geojson.coordinates"),
        (json!({"shift_times": []}), "shift_times"),
        (json!({"shift_times": null}), "shift_times"),
        (json!({"shift_times": ["x"]}), "shift_times[0]"),
        (json!({"shift_times": [{"begin": begin}]}), "shift_times[0].end"),
        (shift("2099-06-01", end), "shift_times[1].begin"),
        (shift(begin, "soon"), "shift_times[1].end"),
        (shift(begin, begin), "shift_times[1].end"),
        (shift(end, begin), "shift_times[1].end"),
        (shift(begin, "2099-07-02T09:00:01Z"), "shift_times[1].end"),
        (shift("2099-05-01T09:00:00Z", "2099-05-01T11:00:00Z"), "shift_times[1].begin"),
        (shift("2099-05-01T11:00:00+02:00", "2099-05-01T13:00:00+02:00"), "shift_times[1].begin"),
    ] {
        cases.push((with(&full(), &changes), field));
    }
    Target::new(Method::POST, "/v1/opportunities", Some(&help.token)).refuses(&suite.api, &cases).await;
    put(&help, &id).refuses(&suite.api, &cases).await;
    let known = with(&full(), &json!({"shift_times": [with(&full()["shift_times"][0], &json!({"id": "x"}))]}));
    let target = Target::new(Method::POST, "/v1/opportunities", Some(&help.token));
    target.refuses(&suite.api, &[(known, "shift_times[0].id")]).await;
    assert_eq!(seen(&suite, &id, None).await, before);
    let listed = suite.api.get(&format!("/v1/accounts/{}/opportunities", help.id), None).await.ok();
    assert_eq!(listed, json!([before]));
}

#[tokio::test]
async fn only_its_organization_changes_an_opportunity() {
    let suite = Suite::start().await;
    let (ann, help, care) =
        (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
    let id = add(&suite, &help, &full()).await;
    let wrong_type = (400, 4002, "Incorrect account type, organization account required.".to_owned());
    let not_found = (404, 4000, "Opportunity not found.".to_owned());
    let post = Target::new(Method::POST, "/v1/opportunities", Some(&ann.token));
    assert_eq!(post.send(&suite.api, Encoding::Json, &full()).await.error(), wrong_type);
    assert_eq!(put(&ann, &id).send(&suite.api, Encoding::Json, &full()).await.error(), wrong_type);
    assert_eq!(delete(&suite, &ann, &id).await.error(), wrong_type);
    let interested = format!("/v1/opportunities/{id}/interested");
    assert_eq!(suite.api.get(&interested, Some(&ann.token)).await.error(), wrong_type);
    for (by, id) in [(&care, &*id), (&help, "x"), (&help, "0193e0d2-0000-7000-8000-000000000000")] {
        assert_eq!(put(by, id).send(&suite.api, Encoding::Json, &full()).await.error(), not_found);
        assert_eq!(delete(&suite, by, id).await.error(), not_found);
        let interested = format!("/v1/opportunities/{id}/interested");
        assert_eq!(suite.api.get(&interested, Some(&by.token)).await.error(), not_found);
    }
    let shifts = json!([with(&full()["shift_times"][0], &json!({"id": "0193e0d2-0000-7000-8000-000000000000"}))]);
    let answer =
        put(&help, &id).send(&suite.api, Encoding::Json, &with(&full(), &json!({"shift_times": shifts}))).await;
    assert_eq!(answer.error(), (404, 4003, "Shift not found.".to_owned()));
    assert_eq!(delete(&suite, &help, &id).await.ok(), json!({"message": "200 - OK"}));
    assert_eq!(suite.api.get(&format!("/v1/opportunities/{id}"), None).await.error(), not_found);
    assert_eq!(delete(&suite, &help, &id).await.error(), not_found);
}

#[tokio::test]
async fn an_organization_has_two_hundred_at_most() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    add(&suite, &help, &least()).await;
    let copies = "INSERT INTO experience.opportunities (id, organization_id, name, description, street, city, province, country, \
        postal_code, apt_number, is_signups_enabled, number_of_people_needed, tags, method_of_contact, created_at) \
        SELECT gen_random_uuid(), organization_id, name, description, street, city, province, country, postal_code, \
        apt_number, is_signups_enabled, number_of_people_needed, tags, method_of_contact, created_at \
        FROM experience.opportunities, generate_series(1, 198)";
    suite.database.execute(copies).await;
    add(&suite, &help, &least()).await;
    let answer = suite.api.post("/v1/opportunities", Some(&help.token), &least()).await;
    assert_eq!(answer.error(), (409, 4003, "Opportunity limit reached.".to_owned()));
}
