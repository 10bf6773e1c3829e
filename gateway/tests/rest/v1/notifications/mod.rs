//! `GET /v1/notifications`, `POST /v1/notification/dismiss` and `POST /v1/notification/clear`.

mod stream;
mod unsubscribe;

use connectus_proto::social::v1::{Notice, NotificationKind, NotifyRequest};
use connectus_testkit::{Person, Suite};
use prost_types::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{ENCODINGS, Target};

/// When everything happens.
const AT: i64 = 1_800_000_000;

/// Tells somebody that somebody else asks to connect, with a message.
async fn tell(suite: &Suite, to: &Person, by: &Person, content: &str) {
    let notice = Notice {
        event_id: Uuid::now_v7().to_string(),
        account_id: to.id.clone(),
        kind: NotificationKind::ConnectionRequested.into(),
        actor_id: by.id.clone(),
        subject_id: String::new(),
        content: content.to_owned(),
        create_time: Some(Timestamp { seconds: AT, nanos: 0 }),
    };
    let request = suite.as_service(NotifyRequest { notices: vec![notice] });
    suite.social_internal().notify(request).await.unwrap();
}

/// What somebody is shown, newest first.
async fn list(suite: &Suite, of: &Person) -> Vec<Value> {
    let listed = suite.api.get("/v1/notifications", Some(&of.token)).await.ok();
    listed.as_array().expect("a bare array").clone()
}

/// What notifications say.
fn contents(listed: &[Value]) -> Vec<&str> {
    listed.iter().map(|notification| notification["content"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_list_is_a_bare_array_with_a_cursor() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    for content in ["one", "two", "three"] {
        tell(&suite, &ann, &ben, content).await;
    }
    let page = suite.api.get("/v1/notifications?limit=2", Some(&ann.token)).await;
    let cursor = page.header("x-next-cursor").expect("there is more").to_owned();
    let listed = page.ok();
    assert_eq!(contents(listed.as_array().unwrap()), ["three", "two"]);
    let newest = &listed[0];
    let expected = json!({
        "id": newest["id"], "created_at": AT, "type": "connection_requested", "content": "three", "account": ben.id,
        "subject": "",
    });
    assert_eq!(newest, &expected);
    let page = suite.api.get(&format!("/v1/notifications?limit=2&cursor={cursor}"), Some(&ann.token)).await;
    assert_eq!(page.header("x-next-cursor"), None);
    assert_eq!(contents(page.ok().as_array().unwrap()), ["one"]);
    assert_eq!(list(&suite, &ben).await, [] as [Value; 0]);
    for (query, field) in [("limit=0", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor")] {
        let answer = suite.api.get(&format!("/v1/notifications?{query}"), Some(&ann.token)).await;
        assert_eq!((answer.error().1, answer.header("x-error-field")), (4050, Some(field)), "{query}");
    }
}

#[tokio::test]
async fn one_is_taken_away_and_then_all_of_them() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let dismiss = |who: &Person| Target::new(Method::POST, "/v1/notification/dismiss", Some(&who.token));
    for encoding in ENCODINGS {
        tell(&suite, &ann, &ben, "Hello").await;
        let body = json!({"id": list(&suite, &ann).await[0]["id"]});
        let refused = dismiss(&ben).send(&suite.api, encoding, &body).await.error();
        assert_eq!(refused, (404, 4000, "Notification not found.".to_owned()), "it is not Ben's");
        let answer = dismiss(&ann).send(&suite.api, encoding, &body).await;
        assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
        assert_eq!(dismiss(&ann).send(&suite.api, encoding, &body).await.error().1, 4000, "it is not there any more");
    }
    dismiss(&ann)
        .refuses(&suite.api, &[(json!({}), "id"), (json!({"id": 7}), "id"), (json!({"id": null}), "id")])
        .await;
    for content in ["one", "two"] {
        tell(&suite, &ann, &ben, content).await;
    }
    for _ in 0..2 {
        let cleared = suite.api.call(Method::POST, "/v1/notification/clear", Some(&ann.token), None).await;
        assert_eq!(cleared.ok(), json!({"message": "200 - OK"}));
        assert_eq!(list(&suite, &ann).await, [] as [Value; 0]);
    }
}
