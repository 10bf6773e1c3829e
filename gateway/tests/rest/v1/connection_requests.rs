//! `GET /v1/connection-requests`.

use connectus_testkit::{Person, Suite};
use serde_json::{Value, json};

async fn requests(suite: &Suite, person: &Person, query: &str) -> Value {
    suite.api.get(&format!("/v1/connection-requests{query}"), Some(&person.token)).await.ok()
}

async fn ask(suite: &Suite, by: &Person, whom: &Person, message: &str) {
    let path = format!("/v1/accounts/{}/request_connection", whom.id);
    suite.api.post(&path, Some(&by.token), &json!({"message": message})).await.ok();
}

#[tokio::test]
async fn a_request_is_told_to_both() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    assert_eq!(requests(&suite, &ann, "").await, json!([]));
    ask(&suite, &ann, &help, "Hello").await;
    for (person, other, direction) in [(&ann, &help, "outgoing"), (&help, &ann, "incoming")] {
        let told = requests(&suite, person, "").await;
        let account = suite.api.get(&format!("/v1/accounts/{}", other.id), Some(&person.token)).await.ok();
        let request = json!({
            "account": account, "message": "Hello", "created_at": told[0]["created_at"], "direction": direction,
        });
        assert_eq!(told, json!([request]));
        let asked: u64 = told[0]["created_at"].as_str().unwrap().parse().unwrap();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        assert!((now - 60..=now).contains(&asked), "{asked}");
    }
}

#[tokio::test]
async fn those_of_a_direction_come_in_pages() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (ben, cem, dan) = (suite.user("Ben").await, suite.user("Cem").await, suite.user("Dan").await);
    ask(&suite, &ben, &ann, "").await;
    ask(&suite, &ann, &cem, "").await;
    ask(&suite, &dan, &ann, "").await;
    let ids = |list: Value| {
        list.as_array().unwrap().iter().map(|one| one["account"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(requests(&suite, &ann, "").await), [&*dan.id, &cem.id, &ben.id]);
    assert_eq!(ids(requests(&suite, &ann, "?direction=outgoing").await), [&*cem.id]);
    assert_eq!(ids(requests(&suite, &ann, "?direction=incoming").await), [&*dan.id, &ben.id]);
    let path = "/v1/connection-requests?direction=incoming&limit=1";
    let first = suite.api.get(path, Some(&ann.token)).await;
    let cursor = first.header("x-next-cursor").expect("there is one more").to_owned();
    assert_eq!(ids(first.ok()), [&*dan.id]);
    let second = suite.api.get(&format!("{path}&cursor={cursor}"), Some(&ann.token)).await;
    assert_eq!(second.header("x-next-cursor"), None);
    assert_eq!(ids(second.ok()), [&*ben.id]);
}

#[tokio::test]
async fn what_is_no_direction_is_refused() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for (query, field) in [
        ("?direction=", "direction"),
        ("?direction=both", "direction"),
        ("?direction=incoming&direction=outgoing", "direction"),
        ("?limit=0", "limit"),
        ("?limit=201", "limit"),
        ("?cursor=x", "cursor"),
    ] {
        let answer = suite.api.get(&format!("/v1/connection-requests{query}"), Some(&ann.token)).await;
        assert_eq!(answer.header("x-error-field"), Some(field), "{query}");
        assert_eq!(answer.error(), (400, 4050, "Bad query format.".to_owned()), "{query}");
    }
    assert_eq!(suite.api.get("/v1/connection-requests", None).await.error().1, 3000);
}
