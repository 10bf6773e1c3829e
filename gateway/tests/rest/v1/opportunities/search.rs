//! `GET /v1/opportunities`.

use connectus_testkit::Suite;
use serde_json::{Value, json};

use super::{add, full, least, shown};
use crate::support::with;

async fn names(suite: &Suite, query: &str) -> Vec<String> {
    let found = suite.api.get(&format!("/v1/opportunities?{query}"), None).await.ok();
    found.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn opportunities_are_found_by_what_they_are_where_and_when() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    add(&suite, &help, &full()).await;
    add(&suite, &help, &least()).await;
    let (beach, choir) = ("Beach clean-up & more", "Choir");
    for (query, expected) in [
        ("", &[choir, beach][..]),
        ("q=beach", &[beach]),
        ("q=koln", &[beach]),
        ("q=sky&tags=sea", &[]),
        ("q=baech", &[beach]),
        ("q=mull&tags=SEA,m%C3%BCll", &[beach]),
        ("tags=sea,sky", &[]),
        ("q=", &[choir, beach]),
        ("near=6.9,50.9", &[beach]),
        ("near=6.9,50.9&radius_km=1", &[]),
        ("from=2099-05-02", &[beach]),
        ("from=2099-05-03", &[]),
        ("to=2099-05-01", &[beach]),
        ("to=2099-04-30", &[]),
        ("from=2099-05-01T12:00:00Z&to=2099-05-02T08:00:00Z", &[]),
        ("from=2099-05-01T10:00:00Z&to=2099-05-02T08:00:00Z", &[beach]),
    ] {
        assert_eq!(names(&suite, query).await, expected, "{query}");
    }
    let found = suite.api.get("/v1/opportunities?q=beach", None).await.ok();
    assert_eq!(found[0], shown(&full(), &help, &found[0]));
}

#[tokio::test]
async fn pages_follow_each_other() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    for number in 0..3 {
        add(&suite, &help, &with(&least(), &json!({"name": format!("Choir {number}")}))).await;
    }
    let first = suite.api.get("/v1/opportunities?q=choir&limit=2", None).await;
    let name = |list: &Value, index: usize| list[index]["name"].as_str().unwrap().to_owned();
    assert_eq!((name(&first.ok(), 0), name(&first.ok(), 1)), ("Choir 2".to_owned(), "Choir 1".to_owned()));
    let cursor = first.header("x-next-cursor").unwrap();
    let second = suite.api.get(&format!("/v1/opportunities?q=choir&limit=2&cursor={cursor}"), None).await;
    assert_eq!((name(&second.ok(), 0), second.header("x-next-cursor")), ("Choir 0".to_owned(), None));
}

#[tokio::test]
async fn a_bad_parameter_is_named() {
    let suite = Suite::start().await;
    let tags = |many: usize| format!("tags={}", vec!["x"; many].join(","));
    for (query, field) in [
        ("q=%25", "q"),
        (&format!("q={}", "x".repeat(101)), "q"),
        ("q=a+b+c+d+e+f+g+h+i", "q"),
        (&tags(11), "tags"),
        (&format!("tags={}", "x".repeat(51)), "tags"),
        ("near=1", "near"),
        ("near=1,x", "near"),
        ("near=181,0", "near"),
        ("near=1,2&radius_km=0", "radius_km"),
        ("near=1,2&radius_km=501", "radius_km"),
        ("near=1,2&radius_km=x", "radius_km"),
        ("from=soon", "from"),
        ("to=2026-02-30", "to"),
        ("from=2099-05-02&to=2099-04-30", "to"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
    ] {
        let answer = suite.api.get(&format!("/v1/opportunities?{query}"), None).await;
        assert_eq!((answer.status, answer.error().1), (400, 4050), "{query}");
        assert_eq!(answer.header("x-error-field"), Some(field), "{query}");
    }
}
