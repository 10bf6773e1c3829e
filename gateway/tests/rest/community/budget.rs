//! How often a token may ask.

use connectus_testkit::Options;
use serde_json::json;

use super::World;

#[tokio::test]
async fn a_spent_budget_says_when_it_is_whole_again() {
    let options = Options { community: vec!["--community-rate-limit=2"], ..Options::default() };
    let world = World::with(options).await;
    let left = async || world.get("/tags").await.header("x-ratelimit-remaining").unwrap().to_owned();
    assert_eq!((left().await, left().await), ("1".to_owned(), "0".to_owned()));
    for answer in [world.get("/tags").await, world.say(&json!({"id": "ann"})).await, world.say(&json!({})).await] {
        assert_eq!(answer.status, 429, "{answer:?}");
        assert_eq!(answer.header("x-ratelimit-limit"), Some("2"));
        let reset: i64 = answer.header("x-ratelimit-reset").unwrap().parse().unwrap();
        let retry = chrono::DateTime::parse_from_rfc3339(answer.header("retry-after").unwrap()).unwrap();
        assert!(reset > 1_700_000_000 && (retry.timestamp() - reset).abs() <= 1, "{answer:?}");
        let body = answer.json();
        let limit = &body["rateLimit"];
        assert_eq!((&body["reason"], &limit["intervalLimit"]), (&json!("rate-limit-exceeded"), &json!(2)));
        assert_eq!(limit["intervalRemaining"], 0);
        assert!((0..=61).contains(&limit["intervalResetSeconds"].as_i64().unwrap()), "{body}");
        assert!((1..=61_000).contains(&limit["waitMs"].as_i64().unwrap()), "{body}");
    }
}
