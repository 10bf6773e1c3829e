//! What the Community API answers when something that it needs is gone.

use serde_json::json;

use super::World;

#[tokio::test]
async fn without_its_database_it_says_when_to_try_again() {
    let mut server = connectus_testkit::Server::start().await;
    let options = connectus_testkit::Options { database: Some(server.database().await), ..Default::default() };
    let world = World::with(options).await;
    server.kill().await;
    let request = world.suite.api.request(reqwest::Method::GET, "/community/v1/tags").bearer_auth(&world.token);
    let answer = connectus_testkit::Answer::of(request).await;
    assert_eq!((answer.status, answer.json()["status"].clone()), (503, json!("failure")), "{answer:?}");
    let retry = answer.header("retry-after").unwrap();
    assert!(chrono::DateTime::parse_from_rfc3339(retry).is_ok(), "{retry}");
}
