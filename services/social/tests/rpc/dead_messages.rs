//! ListDeadMessages and RequeueDeadMessages.

use connectus_proto::{
    common::v1::ErrorReason,
    social::v1::{ListDeadMessagesRequest, ListDeadMessagesResponse, RequeueDeadMessagesRequest},
};
use connectus_testkit::{Person, Suite, invalid_field, refusal};
use tonic::{Code, Status};

use crate::support::{admin, say, totals, unknown_id, until_delivered, until_totals};

const NOT_FOUND: (Code, ErrorReason) = (Code::NotFound, ErrorReason::MessageNotFound);

async fn dead(suite: &Suite, page_size: i32, page_token: &str) -> Result<ListDeadMessagesResponse, Status> {
    let request = ListDeadMessagesRequest { page_size, page_token: page_token.to_owned() };
    Ok(admin(suite).list_dead_messages(suite.as_service(request)).await?.into_inner())
}

async fn requeue(suite: &Suite, ids: &[&str]) -> Result<i64, Status> {
    let request = RequeueDeadMessagesRequest { message_ids: ids.iter().map(ToString::to_string).collect() };
    Ok(admin(suite).requeue_dead_messages(suite.as_service(request)).await?.into_inner().requeued_count)
}

/// An account that was never told of its one post, since the message that was to tell it is dead.
async fn untold(suite: &Suite, name: &str) -> (Person, String) {
    let person = suite.user(name).await;
    say(suite, &person, "x").await;
    until_delivered(suite).await;
    let id = unknown_id();
    suite
        .database
        .execute(&format!(
            "UPDATE account.accounts SET posts_count = 0, post_counts_version = 0 WHERE id = '{person}'; \
             INSERT INTO social.outbox (id, payload, attempts, last_error, dead) VALUES ('{id}', \
                '{{\"kind\": \"tell_counts\", \"account_id\": \"{person}\"}}', 7, 'account answered Unavailable', true)",
            person = person.id
        ))
        .await;
    (person, id)
}

#[tokio::test]
async fn a_message_that_is_requeued_is_delivered_and_the_others_wait() {
    let suite = Suite::start().await;
    let ((ann, of_ann), (ben, of_ben)) = (untold(&suite, "Ann").await, untold(&suite, "Ben").await);
    let listed = dead(&suite, 0, "").await.unwrap().messages;
    let shown: Vec<_> = listed.iter().map(|message| (&*message.id, &*message.kind, message.attempts)).collect();
    assert_eq!(shown, [(&*of_ben, "tell_counts", 7), (&*of_ann, "tell_counts", 7)]);
    assert_eq!(requeue(&suite, &[&of_ann, &unknown_id()]).await.unwrap(), 1);
    until_totals(&suite, &ann, (1, 0, 0)).await;
    assert_eq!(totals(&suite, &ben).await, (0, 0, 0));
    for id in [&of_ann, &unknown_id()] {
        assert_eq!(refusal(requeue(&suite, &[id]).await), NOT_FOUND);
    }
    assert_eq!(requeue(&suite, &[]).await.unwrap(), 1);
    until_totals(&suite, &ben, (1, 0, 0)).await;
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
