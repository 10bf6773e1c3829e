//! `GET /v1/feed`.

use connectus_testkit::{Person, Suite};
use serde_json::{Value, json};

use super::posts::{plain, say};
use crate::support::with;

async fn connect(suite: &Suite, one: &Person, other: &Person) {
    for (by, whom) in [(one, other), (other, one)] {
        let path = format!("/v1/accounts/{}/request_connection", whom.id);
        suite.api.post(&path, Some(&by.token), &json!({})).await.ok();
    }
}

#[tokio::test]
async fn a_feed_has_what_the_circle_says_and_shares_in_pages_newest_first() {
    let suite = Suite::start().await;
    let (ann, ben, eve) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Eve").await);
    connect(&suite, &ann, &ben).await;
    let own = say(&suite, &ann, &json!({"content": "own"})).await;
    let of_eve = say(&suite, &eve, &json!({"content": "of a stranger"})).await;
    let of_ben = say(&suite, &ben, &json!({"content": "of a friend"})).await;
    suite.api.post(&format!("/v1/posts/{of_eve}/share"), Some(&ben.token), &json!({})).await.ok();
    let feed = suite.api.get("/v1/feed", Some(&ann.token)).await;
    let (shown, next) = (feed.ok(), feed.header("x-next-cursor"));
    assert_eq!(next, None);
    let at = |index: usize| &shown[index]["created_at"];
    let shared = json!({"shares": 1, "shared_by": ben.id});
    let expected = json!([
        with(&plain(&of_eve, &eve, "of a stranger", at(0)), &shared),
        plain(&of_ben, &ben, "of a friend", at(1)),
        plain(&own, &ann, "own", at(2)),
    ]);
    assert_eq!(shown, expected);
    let (mut seen, mut query) = (Vec::new(), "limit=1".to_owned());
    for page in 1..=3 {
        let answer = suite.api.get(&format!("/v1/feed?{query}"), Some(&ann.token)).await;
        seen.extend(answer.ok().as_array().unwrap().clone());
        match answer.header("x-next-cursor") {
            Some(cursor) => query = format!("limit=1&cursor={cursor}"),
            None => assert_eq!(page, 3),
        }
    }
    assert_eq!(Value::from(seen), expected);
}

#[tokio::test]
async fn a_feed_needs_a_token_and_a_page() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    assert_eq!(suite.api.get("/v1/feed", None).await.error(), (401, 3000, "No token provided.".to_owned()));
    for (query, field) in [("limit=0", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor")] {
        let answer = suite.api.get(&format!("/v1/feed?{query}"), Some(&ann.token)).await;
        assert_eq!((answer.status, answer.error().1), (400, 4050), "{query}");
        assert_eq!(answer.header("x-error-field"), Some(field), "{query}");
    }
    assert_eq!(suite.api.get("/v1/feed", Some(&ann.token)).await.ok(), json!([]));
}
