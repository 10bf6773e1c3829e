//! Notifications as they come: server-sent events.

use std::{convert::Infallible, future::ready, time::Duration};

use axum::{
    extract::{FromRequestParts, Query, State},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
    routing::get,
};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    common::v1::ErrorReason,
    social::v1::{StreamNotificationsRequest, StreamNotificationsResponse},
};
use futures::{Stream, StreamExt, TryStreamExt};
use http::{HeaderName, HeaderValue, Method, header::CACHE_CONTROL, request::Parts};
use serde::Deserialize;
use tonic::Status;

use super::notifications::Notification;
use crate::{
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, Cause, INTERNAL, Origin, Route, error, parameter, schema_of},
    upstream::Gateway,
};

/// The header by which a client that comes back says what it has (WHATWG HTML, "Server-sent events").
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// What keeps nginx and its like from holding events back.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// After how long a client that was cut off comes back.
const COME_BACK_AFTER: Duration = Duration::from_secs(2);

pub(super) const ROUTES: &[Route] = &[Route {
    method: Method::GET,
    path: "/v1/notifications/stream",
    summary: "The caller's notifications as they come, as server-sent events.",
    details: "Each event is called `notification`, and has its id. Who comes back with the last one, in the header \
        `Last-Event-ID` or as `last_event_id`, gets what came meanwhile, oldest first. It ends with the session. Where too many are open over all accounts, it is \
        answered 503, and when to come back.",
    origin: Origin::Added,
    auth: Auth::Token,
    query: &[parameter(
        "last_event_id",
        "string",
        "The id of the last event that the client has; without it, what comes from now on.",
    )],
    rpcs: &["connectus.social.v1.NotificationService/StreamNotifications"],
    body: None,
    answer: Answer::Events(schema_of::<Notification>),
    errors: &[
        INTERNAL,
        error(4002, 429, "Too many streams.", &[Cause::Reason(ErrorReason::LimitReached)])
            .when("The account has as many open as there may be."),
        BAD_QUERY,
    ],
    handler: || get(stream),
}];

/// The last event that a client has.
struct LastEvent(String);

#[derive(Deserialize)]
struct LastEventQuery {
    last_event_id: Option<String>,
}

impl FromRequestParts<Gateway> for LastEvent {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        let bad = |_| Failure::invalid("last_event_id");
        if let Some(id) = parts.headers.get(LAST_EVENT_ID) {
            return id.to_str().map(|id| Self(id.to_owned())).map_err(|_| Failure::invalid("last_event_id"));
        }
        let query = Query::<LastEventQuery>::from_request_parts(parts, gateway).await;
        query.map(|Query(query)| Self(query.last_event_id.unwrap_or_default())).map_err(bad)
    }
}

async fn stream(State(gateway): State<Gateway>, LastEvent(id): LastEvent) -> Result<Response, Failure> {
    let place = gateway.streams.place()?;
    let request = StreamNotificationsRequest { last_notification_id: id };
    let answers = gateway.notifications().stream_notifications(on_behalf(request)).await?.into_inner();
    let events = events(answers).take_until(gateway.closing.clone().cancelled_owned());
    let headers =
        [(CACHE_CONTROL, HeaderValue::from_static("no-store")), (ACCEL_BUFFERING, HeaderValue::from_static("no"))];
    Ok(place.kept_by((headers, Sse::new(events)).into_response()))
}

/// What is sent for each answer. The first failure ends it: the client comes back, and is told why it may not.
fn events(
    answers: impl Stream<Item = Result<StreamNotificationsResponse, Status>>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let answers =
        answers.inspect_err(|status| tracing::debug!(code = ?status.code(), "a stream of notifications ends"));
    let answers = answers.take_while(|answer| ready(answer.is_ok())).filter_map(|answer| ready(answer.ok()));
    answers.map(|answer| Ok(event(answer)))
}

/// A notification, or what clients do not see, and what tells everybody on the way that the stream is alive. Both say what to
/// come back with.
fn event(answer: StreamNotificationsResponse) -> Event {
    let event = Event::default().id(answer.last_notification_id);
    let Some(notification) = answer.notification else { return event.retry(COME_BACK_AFTER).comment("") };
    event.event("notification").json_data(Notification::from(notification)).unwrap_or_else(|error| {
        tracing::error!(%error, "a notification cannot be written");
        Event::default().comment("")
    })
}
