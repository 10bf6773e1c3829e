//! ListDeadMessages and RequeueDeadMessages.

use connectus_proto::{
    account::v1::{ListDeadMessagesRequest, ListDeadMessagesResponse, RequeueDeadMessagesRequest},
    common::v1::ErrorReason,
    social::v1::ListNotificationsRequest,
};
use connectus_testkit::{Person, Suite, eventually, invalid_field, refusal};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::support::{admin, unknown_id};

const NOT_FOUND: (Code, ErrorReason) = (Code::NotFound, ErrorReason::MessageNotFound);

async fn dead(suite: &Suite, page_size: i32, page_token: &str) -> Result<ListDeadMessagesResponse, Status> {
    let request = ListDeadMessagesRequest { page_size, page_token: page_token.to_owned() };
    Ok(admin(suite).list_dead_messages(suite.as_service(request)).await?.into_inner())
}

async fn requeue(suite: &Suite, ids: &[&str]) -> Result<i64, Status> {
    let request = RequeueDeadMessagesRequest { message_ids: ids.iter().map(ToString::to_string).collect() };
    Ok(admin(suite).requeue_dead_messages(suite.as_service(request)).await?.into_inner().requeued_count)
}

/// A message that was to tell somebody of something, and is dead.
async fn bury(suite: &Suite, to: &Person, content: &str) -> String {
    let id = unknown_id();
    let notice = serde_json::json!({
        "event_id": Uuid::now_v7(), "account_id": to.id, "notification_kind": 2, "actor_id": null, "subject_id": null,
        "content": content, "created_at": "2026-11-27T10:00:00Z",
    });
    let payload = serde_json::json!({"kind": "notify", "notices": [notice]});
    suite
        .database
        .execute(&format!(
            "INSERT INTO account.outbox (id, payload, attempts, last_error, dead) \
             VALUES ('{id}', '{payload}', 7, 'social answered Unavailable', true)"
        ))
        .await;
    id
}

/// Waits until somebody was notified of just this.
async fn until_notified(suite: &Suite, person: &Person, contents: &[&str]) {
    eventually("it is told", async || {
        let request = person.asks(ListNotificationsRequest::default());
        let told = suite.notifications().list_notifications(request).await.unwrap().into_inner().notifications;
        told.iter().map(|notification| &*notification.content).eq(contents.iter().copied()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_message_that_is_requeued_is_delivered_and_the_others_wait() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (one, two) = (bury(&suite, &ann, "one").await, bury(&suite, &ann, "two").await);
    let listed = dead(&suite, 0, "").await.unwrap().messages;
    let shown: Vec<_> = listed.iter().map(|message| (&*message.id, &*message.kind, message.attempts)).collect();
    assert_eq!(shown, [(&*two, "notify", 7), (&*one, "notify", 7)]);
    let first = dead(&suite, 1, "").await.unwrap();
    assert_eq!(first.messages[0].id, two);
    assert_eq!(dead(&suite, 1, &first.next_page_token).await.unwrap().messages[0].id, one);
    assert_eq!(requeue(&suite, &[&two, &unknown_id()]).await.unwrap(), 1);
    until_notified(&suite, &ann, &["two"]).await;
    for id in [&two, &unknown_id()] {
        assert_eq!(refusal(requeue(&suite, &[id]).await), NOT_FOUND);
    }
    assert_eq!(requeue(&suite, &[]).await.unwrap(), 1);
    until_notified(&suite, &ann, &["one", "two"]).await;
    assert_eq!(dead(&suite, 0, "").await.unwrap(), ListDeadMessagesResponse::default());
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let suite = Suite::start().await;
    for size in [-1, 201] {
        assert_eq!(invalid_field(dead(&suite, size, "").await), "page_size", "{size}");
    }
    assert_eq!(invalid_field(dead(&suite, 0, "x").await), "page_token");
    let known = unknown_id();
    for id in ["", "x", "me"] {
        assert_eq!(invalid_field(requeue(&suite, &[&known, id]).await), "message_ids", "{id:?}");
    }
    assert_eq!(invalid_field(requeue(&suite, &[&*known; 201]).await), "message_ids");
    assert_eq!(refusal(requeue(&suite, &[&*known; 200]).await), NOT_FOUND);
}
