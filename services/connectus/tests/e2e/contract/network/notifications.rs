//! Notifications, and the mails about them.

use reqwest::Method;
use serde_json::json;

use super::{
    super::{
        case::{Case, case, page},
        faults::Internal,
        world::{NOBODY, World},
    },
    BAD_QUERY, Harmless, faulty, with_bad_key,
};

pub(crate) const UNSUBSCRIBE_PAGE: &str = "POST /v1/notifications/unsubscribe/{token}";
const LIST: &str = "GET /v1/notifications";
const STREAM: &str = "GET /v1/notifications/stream";
const CLEAR: &str = "POST /v1/notification/clear";
const DISMISS: &str = "POST /v1/notification/dismiss";

pub(super) fn unsubscribe_path(token: &str) -> String {
    format!("/v1/notifications/unsubscribe/{token}")
}

pub(super) fn cases(world: &World) -> Vec<Case> {
    let get = |path: &str| world.by(&world.user, Method::GET, path);
    let dismiss = |body| world.by(&world.user, Method::POST, "/v1/notification/dismiss").json(&body);
    vec![
        case(LIST, BAD_QUERY, get("/v1/notifications?limit=0")),
        case(STREAM, BAD_QUERY, get("/v1/notifications/stream?last_event_id=x")),
        case(CLEAR, BAD_QUERY, with_bad_key(world, "/v1/notification/clear")),
        case(DISMISS, (4000, 404, "Notification not found."), dismiss(json!({"id": NOBODY}))),
        case(DISMISS, BAD_QUERY, dismiss(json!({}))),
        page(UNSUBSCRIBE_PAGE, 404, world.anonymous(Method::POST, &unsubscribe_path("nonsense"))),
        page(UNSUBSCRIBE_PAGE, 400, with_bad_key(world, &unsubscribe_path("nonsense"))),
    ]
}

pub(super) fn authenticated() -> Vec<Harmless> {
    vec![
        (LIST, Method::GET, "/v1/notifications".to_owned(), None),
        (STREAM, Method::GET, "/v1/notifications/stream".to_owned(), None),
        (CLEAR, Method::POST, "/v1/notification/clear".to_owned(), None),
        (DISMISS, Method::POST, "/v1/notification/dismiss".to_owned(), Some(json!({"id": NOBODY}))),
    ]
}

/// Each route, as it meets a fault of the notifications.
pub(super) fn internal(world: &World) -> Vec<Internal> {
    faulty(world, &world.user, authenticated())
}
