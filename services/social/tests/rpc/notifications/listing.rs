//! ListNotifications, DismissNotification, ClearNotifications, and Notify, which makes them.

use connectus_proto::{
    account::v1::{BlockAccountRequest, UnblockAccountRequest},
    common::v1::ErrorReason,
    social::v1::{ClearNotificationsRequest, DismissNotificationRequest, Notice, NotificationKind},
};
use connectus_testkit::{Person, Suite, invalid_field, refusal};
use tonic::{Code, Status};
use uuid::Uuid;

use super::{contents, like, list, notice, notify, page};

async fn dismiss(suite: &Suite, by: &Person, id: &str) -> Result<(), Status> {
    let request = DismissNotificationRequest { notification_id: id.to_owned() };
    suite.notifications().dismiss_notification(by.asks(request)).await.map(drop)
}

async fn block(suite: &Suite, by: &Person, whom: &Person) {
    let request = BlockAccountRequest { account_id: whom.id.clone() };
    suite.connections().block_account(by.asks(request)).await.unwrap();
}

async fn unblock(suite: &Suite, by: &Person, whom: &Person) {
    let request = UnblockAccountRequest { account_id: whom.id.clone() };
    suite.connections().unblock_account(by.asks(request)).await.unwrap();
}

#[tokio::test]
async fn one_is_shown_what_one_is_told_of_newest_first() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let told = like(&ann, &ben, "Beach");
    notify(&suite, [told.clone()]).await.unwrap();
    notify(&suite, [notice(NotificationKind::ShiftFreed, &ann, None, "Choir"), like(&ben, &ann, "For Ben")])
        .await
        .unwrap();
    let listed = list(&suite, &ann).await;
    assert_eq!(contents(&listed), ["Choir", "Beach"]);
    let beach = &listed[1];
    assert_eq!((&beach.actor_id, &beach.subject_id), (&ben.id, &told.subject_id));
    assert_eq!((beach.kind(), beach.create_time), (NotificationKind::InterestShown, told.create_time));
    assert_eq!((listed[0].kind(), listed[0].actor_id.as_str()), (NotificationKind::ShiftFreed, ""));
    assert_eq!(contents(&list(&suite, &ben).await), ["For Ben"]);
}

#[tokio::test]
async fn a_repeat_changes_nothing_not_even_what_was_taken_away() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let told = [like(&ann, &ben, "Beach"), like(&ann, &ben, "Choir")];
    for _ in 0..2 {
        notify(&suite, told.clone()).await.unwrap();
    }
    let listed = list(&suite, &ann).await;
    assert_eq!(contents(&listed), ["Choir", "Beach"]);
    dismiss(&suite, &ann, &listed[1].id).await.unwrap();
    notify(&suite, told.clone()).await.unwrap();
    assert_eq!(contents(&list(&suite, &ann).await), ["Choir"]);
    suite.notifications().clear_notifications(ann.asks(ClearNotificationsRequest {})).await.unwrap();
    notify(&suite, told).await.unwrap();
    assert_eq!(contents(&list(&suite, &ann).await), [] as [&str; 0]);
    let kept = "SELECT count(*) FROM social.notifications WHERE content <> ''";
    assert_eq!(suite.database.value::<i64>(kept).await, 0, "what is taken away is emptied");
}

#[tokio::test]
async fn one_takes_away_what_is_ones_own() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    notify(&suite, [like(&ann, &ben, "Beach")]).await.unwrap();
    let id = list(&suite, &ann).await[0].id.clone();
    let expected = (Code::NotFound, ErrorReason::NotificationNotFound);
    assert_eq!(refusal(dismiss(&suite, &ben, &id).await), expected);
    for nothing in ["", "x", &Uuid::now_v7().to_string()] {
        assert_eq!(refusal(dismiss(&suite, &ann, nothing).await), expected, "{nothing:?}");
    }
    suite.notifications().clear_notifications(ben.asks(ClearNotificationsRequest {})).await.unwrap();
    assert_eq!(contents(&list(&suite, &ann).await), ["Beach"]);
    dismiss(&suite, &ann, &id).await.unwrap();
    assert_eq!(refusal(dismiss(&suite, &ann, &id).await), expected);
}

#[tokio::test]
async fn what_is_expired_is_gone_before_it_is_deleted() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    notify(&suite, [like(&ann, &ben, "Beach"), like(&ann, &ben, "Choir")]).await.unwrap();
    let id = list(&suite, &ann).await[1].id.clone();
    suite.database.execute("UPDATE social.notifications SET expires_at = now() WHERE content = 'Beach'").await;
    assert_eq!(contents(&list(&suite, &ann).await), ["Choir"]);
    let expected = (Code::NotFound, ErrorReason::NotificationNotFound);
    assert_eq!(refusal(dismiss(&suite, &ann, &id).await), expected);
}

#[tokio::test]
async fn pages_neither_skip_nor_repeat_while_there_are_new_ones() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let names: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    notify(&suite, names.iter().map(|name| like(&ann, &ben, name))).await.unwrap();
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let read = page(&suite, &ann, 3, &token).await;
        notify(&suite, [like(&ann, &ben, "new")]).await.unwrap();
        seen.extend(read.notifications.into_iter().map(|notification| notification.content));
        token = read.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    seen.reverse();
    assert_eq!(seen, names);
}

#[tokio::test]
async fn one_hears_nothing_of_who_has_blocked_one_nor_of_whom_one_has_blocked() {
    let suite = Suite::start().await;
    let (ann, ben, cleo) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cleo").await);
    notify(&suite, [like(&ann, &ben, "by Ben"), like(&ann, &cleo, "by Cleo"), like(&ben, &ann, "by Ann")])
        .await
        .unwrap();
    block(&suite, &ben, &ann).await;
    assert_eq!(contents(&list(&suite, &ann).await), ["by Cleo"], "Ben has blocked Ann");
    assert_eq!(contents(&list(&suite, &ben).await), [] as [&str; 0], "Ben does not meet Ann");
    // What comes now is not even kept.
    notify(&suite, [like(&ben, &ann, "again by Ann"), like(&ann, &ben, "again by Ben")]).await.unwrap();
    unblock(&suite, &ben, &ann).await;
    assert_eq!(contents(&list(&suite, &ben).await), ["by Ann"]);
    assert_eq!(contents(&list(&suite, &ann).await), ["again by Ben", "by Cleo", "by Ben"]);
}

#[tokio::test]
async fn nobody_is_told_who_is_not_there_or_of_who_is_not_or_of_themselves() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let gone = Person { id: Uuid::now_v7().to_string(), ..ben.clone() };
    notify(&suite, [like(&gone, &ann, "x"), like(&ann, &gone, "x"), like(&ann, &ann, "x")]).await.unwrap();
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM social.notifications").await, 0);
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_half_told() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let good = || like(&ann, &ben, "Beach");
    for (field, bad) in [
        ("notices.event_id", Notice { event_id: "x".to_owned(), ..good() }),
        ("notices.account_id", Notice { account_id: String::new(), ..good() }),
        ("notices.actor_id", Notice { actor_id: "me".to_owned(), ..good() }),
        ("notices.kind", Notice { kind: 0, ..good() }),
        ("notices.kind", Notice { kind: 999, ..good() }),
        ("notices.subject_id", Notice { subject_id: "x".repeat(101), ..good() }),
        ("notices.content", Notice { content: "x".repeat(301), ..good() }),
        ("notices.create_time", Notice { create_time: None, ..good() }),
    ] {
        assert_eq!(invalid_field(notify(&suite, [good(), bad]).await), field);
    }
    assert_eq!(invalid_field(notify(&suite, (0..101).map(|_| good())).await), "notices");
    assert_eq!(list(&suite, &ann).await, []);
}
