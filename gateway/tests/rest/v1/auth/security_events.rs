//! `GET /v1/auth/security-events`.

use connectus_testkit::{Answer, Suite};
use reqwest::Method;
use serde_json::{Value, json};

async fn events(suite: &Suite, token: &str) -> Vec<Value> {
    suite.api.get("/v1/auth/security-events", Some(token)).await.ok().as_array().unwrap().clone()
}

#[tokio::test]
async fn what_happened_is_told_newest_first_with_where_it_came_from() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let guess = suite.api.request(Method::POST, "/v1/auth/login").header("user-agent", "Guesser/1");
    Answer::of(guess.json(&json!({"id": ann.email, "password": "another password"}))).await;
    let told = events(&suite, &ann.token).await;
    let kinds: Vec<&str> = told.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["password_refused", "logged_in", "email_verified", "registered"]);
    let newest = &told[0];
    let expected = json!({
        "id": newest["id"], "kind": "password_refused", "created_at": newest["created_at"], "address": "127.0.0.1",
        "device": "Guesser/1", "operator": "", "detail": "",
    });
    assert_eq!(newest, &expected);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!((now - 60..=now).contains(&newest["created_at"].as_u64().unwrap()), "{newest}");
    assert!(events(&suite, &ben.token).await.iter().all(|event| event["kind"] != "password_refused"));
}

#[tokio::test]
async fn events_come_in_pages() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let first = suite.api.get("/v1/auth/security-events?limit=2", Some(&ann.token)).await;
    let cursor = first.header("x-next-cursor").expect("there are more").to_owned();
    let path = format!("/v1/auth/security-events?limit=2&cursor={cursor}");
    let second = suite.api.get(&path, Some(&ann.token)).await;
    assert_eq!(second.header("x-next-cursor"), None);
    let both = [first.ok(), second.ok()].map(|page| page.as_array().unwrap().clone()).concat();
    assert_eq!(both, events(&suite, &ann.token).await);
    let answer = suite.api.get("/v1/auth/security-events?limit=x", Some(&ann.token)).await;
    assert_eq!(answer.error(), (400, 4050, "Bad query format.".to_owned()));
}
