//! Notifications: what is told, who is shown what, what comes live, and what is mailed.

mod listing;
mod mails;
mod races;
mod requests;
mod streams;

use std::time::Duration;

use connectus_proto::social::v1::{
    ListNotificationsRequest, ListNotificationsResponse, Notice, Notification, NotificationKind, NotifyRequest,
    StreamNotificationsRequest, StreamNotificationsResponse,
};
use connectus_testkit::{PATIENCE, Person, Suite};
use prost_types::Timestamp;
use tonic::{Status, Streaming};
use uuid::Uuid;

/// That somebody likes something of somebody else's.
fn like(to: &Person, by: &Person, content: &str) -> Notice {
    notice(NotificationKind::InterestShown, to, Some(by), content)
}

fn notice(kind: NotificationKind, to: &Person, by: Option<&Person>, content: &str) -> Notice {
    Notice {
        event_id: Uuid::now_v7().to_string(),
        account_id: to.id.clone(),
        kind: kind.into(),
        actor_id: by.map(|by| by.id.clone()).unwrap_or_default(),
        subject_id: Uuid::now_v7().to_string(),
        content: content.to_owned(),
        create_time: Some(Timestamp { seconds: 1_800_000_000, nanos: 0 }),
    }
}

/// Tells of what happened, as another service does.
async fn notify(suite: &Suite, notices: impl IntoIterator<Item = Notice>) -> Result<(), Status> {
    let request = NotifyRequest { notices: notices.into_iter().collect() };
    suite.social_internal().notify(suite.as_service(request)).await.map(drop)
}

async fn page(suite: &Suite, of: &Person, page_size: i32, page_token: &str) -> ListNotificationsResponse {
    let request = ListNotificationsRequest { page_size, page_token: page_token.to_owned() };
    suite.notifications().list_notifications(of.asks(request)).await.unwrap().into_inner()
}

async fn list(suite: &Suite, of: &Person) -> Vec<Notification> {
    page(suite, of, 0, "").await.notifications
}

/// What notifications say, in their order.
fn contents(notifications: &[Notification]) -> Vec<&str> {
    notifications.iter().map(|notification| notification.content.as_str()).collect()
}

/// Listens from now on, or after the last notification that somebody has, once the stream has begun.
async fn listen(suite: &Suite, who: &Person, last: &str) -> Streaming<StreamNotificationsResponse> {
    let request = StreamNotificationsRequest { last_notification_id: last.to_owned() };
    let mut stream = suite.notifications().stream_notifications(who.asks(request)).await.unwrap().into_inner();
    let first = within(PATIENCE, stream.message()).await.unwrap().unwrap();
    assert_eq!(first.notification, None, "the first message shows that the stream is alive");
    stream
}

/// The next notification of a stream.
async fn heard(stream: &mut Streaming<StreamNotificationsResponse>) -> Notification {
    loop {
        let message = within(PATIENCE, stream.message()).await.unwrap().expect("the stream goes on");
        if let Some(notification) = message.notification {
            return notification;
        }
    }
}

/// What a stream ends with.
async fn ended(mut stream: Streaming<StreamNotificationsResponse>) -> Status {
    loop {
        match within(PATIENCE, stream.message()).await {
            Ok(message) => assert!(message.expect("a stream ends with a reason").notification.is_none()),
            Err(status) => return status,
        }
    }
}

async fn within<F: Future>(patience: Duration, future: F) -> F::Output {
    tokio::time::timeout(patience, future).await.expect("in time")
}
