//! Sessions: where an account is logged in.

use axum::{
    extract::State,
    response::Response,
    routing::{delete, get, post},
};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    auth::v1::{self as proto, EndSessionRequest, ListSessionsRequest, LogoutEverywhereRequest, LogoutRequest},
    common::v1::ErrorReason,
};
use http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Params, done,
    page::{self, Page},
    types::unix_seconds,
};
use crate::{
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, Cause, INTERNAL, Origin, Route, error, schema_of},
    upstream::Gateway,
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::POST,
        path: "/v1/auth/logout",
        summary: "Ends the session that the access token is of.",
        details: "The token is refused everywhere within a second.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/Logout"],
        body: None,
        answer: Answer::Done,
        errors: &[INTERNAL, BAD_QUERY],
        handler: || post(logout),
    },
    Route {
        method: Method::POST,
        path: "/v1/auth/logout-everywhere",
        summary: "Ends every session of the caller's account.",
        details: "Its tokens are refused everywhere within a second.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/LogoutEverywhere"],
        body: None,
        answer: Answer::Done,
        errors: &[INTERNAL, BAD_QUERY],
        handler: || post(logout_everywhere),
    },
    Route {
        method: Method::GET,
        path: "/v1/auth/sessions",
        summary: "The sessions of the caller's account that have not ended, newest first.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/ListSessions"],
        body: None,
        answer: Answer::List(schema_of::<Session>),
        errors: &[INTERNAL, BAD_QUERY],
        handler: || get(list),
    },
    Route {
        method: Method::DELETE,
        path: "/v1/auth/sessions/{id}",
        summary: "Ends one of the caller's sessions.",
        details: "Its access token is refused everywhere within a second.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/EndSession"],
        body: None,
        answer: Answer::Done,
        errors: &[
            error(4000, 404, "Session not found.", &[Cause::Reason(ErrorReason::SessionNotFound)])
                .when("The caller has no such session, or not any more."),
            INTERNAL,
        ],
        handler: || delete(end),
    },
];

/// What a login began.
#[derive(Serialize, ToSchema)]
struct Session {
    id: String,
    /// What the device says it is, the start of its `User-Agent`; empty when it said nothing.
    device: String,
    /// The network address that it logged in from; empty when it is not known.
    address: String,
    /// When it began, in Unix seconds.
    created_at: i64,
    /// When it was last used, in Unix seconds, give or take a minute.
    last_used_at: i64,
    /// When it ends by itself, in Unix seconds.
    expires_at: i64,
    /// Whether it is the one that asks.
    is_current: bool,
}

impl From<proto::Session> for Session {
    fn from(session: proto::Session) -> Self {
        Self {
            id: session.id,
            device: session.device,
            address: session.client_address,
            created_at: unix_seconds(session.create_time),
            last_used_at: unix_seconds(session.last_use_time),
            expires_at: unix_seconds(session.expire_time),
            is_current: session.is_current,
        }
    }
}

async fn logout(State(gateway): State<Gateway>) -> Result<Response, Failure> {
    gateway.auth().logout(on_behalf(LogoutRequest {})).await?;
    Ok(done())
}

async fn logout_everywhere(State(gateway): State<Gateway>) -> Result<Response, Failure> {
    gateway.auth().logout_everywhere(on_behalf(LogoutEverywhereRequest {})).await?;
    Ok(done())
}

async fn list(State(gateway): State<Gateway>, page: Page) -> Result<Response, Failure> {
    let request = ListSessionsRequest { page_size: page.size, page_token: page.token };
    let response = gateway.auth().list_sessions(on_behalf(request)).await?.into_inner();
    let sessions: Vec<Session> = response.sessions.into_iter().map(Session::from).collect();
    Ok(page::answer(&sessions, &response.next_page_token))
}

async fn end(State(gateway): State<Gateway>, Params(session_id): Params<String>) -> Result<Response, Failure> {
    gateway.auth().end_session(on_behalf(EndSessionRequest { session_id })).await?;
    Ok(done())
}
