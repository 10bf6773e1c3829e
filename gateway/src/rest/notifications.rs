//! Notifications: the list, and taking them away.

use axum::{
    extract::State,
    response::Response,
    routing::{get, post},
};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    common::v1::ErrorReason,
    social::v1::{
        self as proto, ClearNotificationsRequest, DismissNotificationRequest, ListNotificationsRequest,
        NotificationKind,
    },
};
use http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    done,
    page::{self, Page},
    types::unix_seconds,
};
use crate::{
    body::Body,
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, Cause, INTERNAL, Origin, Route, error, schema_of},
    upstream::Gateway,
};

/// How the contract begins the names of all kinds.
const KIND_PREFIX: &str = "NOTIFICATION_KIND_";

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/v1/notifications",
        summary: "The caller's notifications, newest first.",
        details: "They are kept for 90 days. A page may have fewer than were asked for, and not be the last.",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.social.v1.NotificationService/ListNotifications"],
        body: None,
        answer: Answer::List(schema_of::<Notification>),
        errors: &[INTERNAL, BAD_QUERY],
        handler: || get(list),
    },
    Route {
        method: Method::POST,
        path: "/v1/notification/clear",
        summary: "Takes all of the caller's notifications away.",
        details: "",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.social.v1.NotificationService/ClearNotifications"],
        body: None,
        answer: Answer::Done,
        errors: &[INTERNAL, BAD_QUERY],
        handler: || post(clear),
    },
    Route {
        method: Method::POST,
        path: "/v1/notification/dismiss",
        summary: "Takes one of the caller's notifications away.",
        details: "",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.social.v1.NotificationService/DismissNotification"],
        body: Some(schema_of::<Dismissal>),
        answer: Answer::Done,
        errors: &[
            error(4000, 404, "Notification not found.", &[Cause::Reason(ErrorReason::NotificationNotFound)])
                .when("The caller has no such notification, or not any more."),
            INTERNAL,
            BAD_QUERY,
        ],
        handler: || post(dismiss),
    },
];

/// Something that the caller may want to know.
#[derive(Serialize, ToSchema)]
pub(super) struct Notification {
    id: String,
    /// When it happened, in Unix seconds.
    created_at: i64,
    /// What happened: `connection_requested`, `connection_accepted`, `validation_requested`, `validation_approved`,
    /// `validation_declined`, `post_liked`, `post_shared`, `post_replied`, `interest_shown`, `shift_changed`, `shift_freed`,
    /// `shift_withdrawn`, `opportunity_withdrawn`. There may be more in time.
    r#type: String,
    /// What there is to say about it, in the words of those who wrote it: a message, the start of a post, a name. Often empty.
    content: String,
    /// The id of the account that did it; empty where it was none, as with a mailed link.
    account: String,
    /// The id of the post, the experience or the opportunity that it is about; empty for connections.
    subject: String,
}

impl From<proto::Notification> for Notification {
    fn from(notification: proto::Notification) -> Self {
        Self {
            r#type: name(notification.kind()),
            id: notification.id,
            created_at: unix_seconds(notification.create_time),
            content: notification.content,
            account: notification.actor_id,
            subject: notification.subject_id,
        }
    }
}

/// What the published API calls a kind.
fn name(kind: NotificationKind) -> String {
    kind.as_str_name().trim_start_matches(KIND_PREFIX).to_lowercase()
}

/// Which notification to take away.
#[derive(Deserialize, ToSchema)]
struct Dismissal {
    /// The notification's id.
    id: String,
}

async fn list(State(gateway): State<Gateway>, page: Page) -> Result<Response, Failure> {
    let request = ListNotificationsRequest { page_size: page.size, page_token: page.token };
    let response = gateway.notifications().list_notifications(on_behalf(request)).await?.into_inner();
    let notifications: Vec<Notification> = response.notifications.into_iter().map(Notification::from).collect();
    Ok(page::answer(&notifications, &response.next_page_token))
}

async fn clear(State(gateway): State<Gateway>) -> Result<Response, Failure> {
    gateway.notifications().clear_notifications(on_behalf(ClearNotificationsRequest {})).await?;
    Ok(done())
}

async fn dismiss(State(gateway): State<Gateway>, Body(dismissal): Body<Dismissal>) -> Result<Response, Failure> {
    let request = DismissNotificationRequest { notification_id: dismissal.id };
    gateway.notifications().dismiss_notification(on_behalf(request)).await?;
    Ok(done())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use utoipa::PartialSchema;

    use super::*;

    #[test]
    fn the_document_names_every_kind() {
        let schema = serde_json::to_value(Notification::schema()).unwrap();
        let described = schema["properties"]["type"]["description"].as_str().unwrap();
        let kinds: Vec<_> = (1..).map_while(|number| NotificationKind::try_from(number).ok()).map(name).collect();
        assert!(kinds.contains(&"post_liked".to_owned()));
        for kind in kinds {
            assert!(described.contains(&format!("`{kind}`")), "{kind}");
        }
    }
}
