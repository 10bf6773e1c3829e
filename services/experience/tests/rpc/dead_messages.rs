//! ListDeadMessages and RequeueDeadMessages.

use chrono::Utc;
use connectus_proto::{
    common::v1::{DeadMessage, ErrorReason},
    experience::v1::{
        Decision, ListDeadMessagesRequest, ListDeadMessagesResponse, RequeueDeadMessagesRequest, ValidationState,
    },
};
use connectus_testkit::{Behaviour, Person, Suite, eventually, invalid_field, refusal};
use tonic::{Code, Status};

use crate::support::{admin, asked_by_mail, by_mail, create, decide_link, list, stand, unknown_id};

const NOT_FOUND: (Code, ErrorReason) = (Code::NotFound, ErrorReason::MessageNotFound);

async fn dead(suite: &Suite, page_size: i32, page_token: &str) -> Result<ListDeadMessagesResponse, Status> {
    let request = ListDeadMessagesRequest { page_size, page_token: page_token.to_owned() };
    Ok(admin(suite).list_dead_messages(suite.as_service(request)).await?.into_inner())
}

async fn requeue(suite: &Suite, ids: &[&str]) -> Result<i64, Status> {
    let request = RequeueDeadMessagesRequest { message_ids: ids.iter().map(ToString::to_string).collect() };
    Ok(admin(suite).requeue_dead_messages(suite.as_service(request)).await?.into_inner().requeued_count)
}

fn address(number: usize) -> String {
    format!("boss{number}@example.net")
}

/// So many messages to addresses that nobody has, oldest first.
async fn bury(suite: &Suite, person: &Person, many: usize) -> Vec<DeadMessage> {
    suite.mail.behave(Behaviour::NoSuchRecipient);
    for number in 0..many {
        create(suite, person, &format!("x{number}"), by_mail(&address(number))).await.unwrap();
    }
    let mut buried = eventually("they are put aside", async || {
        Some(dead(suite, 200, "").await.unwrap().messages).filter(|messages| messages.len() == many)
    })
    .await;
    suite.mail.behave(Behaviour::Accept);
    buried.reverse();
    buried
}

#[tokio::test]
async fn an_operator_sees_what_was_put_aside_and_no_address() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let message = bury(&suite, &ann, 1).await.remove(0);
    assert_eq!((&*message.kind, message.attempts), ("approval_mail", 1));
    let age = Utc::now().timestamp() - message.create_time.unwrap().seconds;
    assert!((0..60).contains(&age), "{age}");
    assert!(!message.last_error.is_empty() && !message.last_error.contains("boss"), "{}", message.last_error);
}

#[tokio::test]
async fn a_message_that_is_requeued_is_delivered_and_the_others_wait() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let buried = bury(&suite, &ann, 3).await;
    assert_eq!(requeue(&suite, &[&buried[1].id, &unknown_id()]).await.unwrap(), 1);
    let mail = suite.mail.next(&address(1)).await;
    decide_link(&suite, mail.token(), Decision::Approve).await.unwrap();
    let states = list(&suite, None, &ann.id).await.unwrap();
    let confirmed: Vec<_> = states.iter().map(stand).filter(|(_, state)| *state == ValidationState::Verified).collect();
    assert_eq!(confirmed, [("x1", ValidationState::Verified)]);
    let left: Vec<_> = dead(&suite, 0, "").await.unwrap().messages.into_iter().map(|message| message.id).collect();
    assert_eq!(left, [&*buried[2].id, &buried[0].id]);
    // Those that are delivered, and those that never were, are not among the dead.
    for id in [&buried[1].id, &unknown_id()] {
        assert_eq!(refusal(requeue(&suite, &[id]).await), NOT_FOUND);
    }
    assert!(asked_by_mail(&suite).is_empty());
}

#[tokio::test]
async fn none_stands_for_all() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    assert_eq!(requeue(&suite, &[]).await.unwrap(), 0);
    bury(&suite, &ann, 3).await;
    assert_eq!(requeue(&suite, &[]).await.unwrap(), 3);
    for number in 0..3 {
        suite.mail.next(&address(number)).await;
    }
    assert_eq!(dead(&suite, 0, "").await.unwrap(), ListDeadMessagesResponse::default());
}

#[tokio::test]
async fn pages_cover_the_dead_once_newest_first() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let buried = bury(&suite, &ann, 5).await;
    let (mut seen, mut token) = (Vec::new(), String::new());
    for size in [2, 2, 1] {
        let page = dead(&suite, 2, &token).await.unwrap();
        assert_eq!(page.messages.len(), size);
        seen.extend(page.messages);
        token = page.next_page_token;
    }
    seen.reverse();
    assert_eq!((seen, token), (buried, String::new()));
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
