//! Connections, and the requests to connect that come before them.

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
    http::request::Parts,
    response::Response,
    routing::{get, post},
};
use connectus_platform::peer::on_behalf;
use connectus_platform::service::Links;
use connectus_proto::{
    account::v1::{
        self as proto, AcceptConnectionRequest, ConnectionRequestDirection, DeclineConnectionRequest,
        ListConnectionRequestsRequest, ListConnectionsRequest, RemoveConnectionRequest, RequestConnectionRequest,
    },
    common::v1::ErrorReason,
};
use http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Params,
    accounts::Account,
    done, not_me,
    page::{self, Page},
    types::unix_seconds,
};
use crate::{
    body::Body,
    failure::Failure,
    route::{
        ACCOUNT_NOT_FOUND, Answer, Auth, BAD_QUERY, Cause, ErrorCode, INTERNAL, Origin, Route, THROTTLED, error,
        parameter, schema_of,
    },
    upstream::Gateway,
};

const REQUEST_NOT_FOUND: ErrorCode =
    error(4002, 404, "Connection request not found.", &[Cause::Reason(ErrorReason::ConnectionRequestNotFound)])
        .when("The account has not asked the caller to connect, or not any more.");

const LIMIT: &str = "Connection limit reached.";
const LIMIT_WHEN: &str = "One of the two has 2000 connections.";

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::POST,
        path: "/v1/accounts/{id}/request_connection",
        summary: "Asks an account to connect.",
        details: "Where that account has asked the caller, the two are connected. Also spelled `request-connection`. An \
            account can be asked thrice, and then once a day.",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.account.v1.ConnectionService/RequestConnection"],
        body: Some(schema_of::<Ask>),
        answer: Answer::Json(schema_of::<Asked>),
        errors: &[
            ACCOUNT_NOT_FOUND,
            INTERNAL,
            error(4002, 400, "Cannot connect with oneself.", &[Cause::Reason(ErrorReason::OwnAccount)]),
            error(
                4003,
                409,
                "Connection already requested.",
                &[Cause::Reason(ErrorReason::ConnectionAlreadyRequested)],
            ),
            error(4004, 409, "Already connected.", &[Cause::Reason(ErrorReason::AlreadyConnected)]),
            error(
                4005,
                403,
                "Account takes no messages from unknown accounts.",
                &[Cause::Reason(ErrorReason::MessageNotAllowed)],
            )
            .when("Without a message it can be asked."),
            error(4006, 409, "Account is blocked.", &[Cause::Reason(ErrorReason::AccountBlocked)])
                .when("The caller has blocked it."),
            error(4007, 409, LIMIT, &[Cause::Reason(ErrorReason::LimitReached)]).when(LIMIT_WHEN),
            BAD_QUERY,
            THROTTLED,
        ],
        handler: || post(request),
    },
    Route {
        method: Method::POST,
        path: "/v1/accounts/{id}/accept_connection",
        summary: "Connects the caller with an account that has asked.",
        details: "Also spelled `accept-connection`.",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.account.v1.ConnectionService/AcceptConnection"],
        body: None,
        answer: Answer::Done,
        errors: &[
            ACCOUNT_NOT_FOUND,
            INTERNAL,
            REQUEST_NOT_FOUND,
            error(4003, 409, LIMIT, &[Cause::Reason(ErrorReason::LimitReached)]).when(LIMIT_WHEN),
            BAD_QUERY,
        ],
        handler: || post(accept),
    },
    Route {
        method: Method::POST,
        path: "/v1/accounts/{id}/decline_connection",
        summary: "Declines what an account has asked, which is not told.",
        details: "Also spelled `decline-connection`.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.account.v1.ConnectionService/DeclineConnection"],
        body: None,
        answer: Answer::Done,
        errors: &[ACCOUNT_NOT_FOUND, INTERNAL, REQUEST_NOT_FOUND, BAD_QUERY],
        handler: || post(decline),
    },
    Route {
        method: Method::POST,
        path: "/v1/accounts/{id}/remove_connection",
        summary: "Ends a connection, or takes back what the caller has asked.",
        details: "The other one is not told. Also spelled `remove-connection`.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.account.v1.ConnectionService/RemoveConnection"],
        body: None,
        answer: Answer::Done,
        errors: &[
            ACCOUNT_NOT_FOUND,
            INTERNAL,
            error(4002, 404, "Connection not found.", &[Cause::Reason(ErrorReason::ConnectionNotFound)])
                .when("The two are not connected, and the caller has not asked to be."),
            BAD_QUERY,
        ],
        handler: || post(remove),
    },
    Route {
        method: Method::GET,
        path: "/v1/connection-requests",
        summary: "What the caller was asked and has asked, newest first.",
        details: "",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[parameter("direction", "string", "`incoming` or `outgoing`; without it, both.")],
        rpcs: &["connectus.account.v1.ConnectionService/ListConnectionRequests"],
        body: None,
        answer: Answer::List(schema_of::<ConnectionRequest>),
        errors: &[INTERNAL, BAD_QUERY],
        handler: || get(list_requests),
    },
    Route {
        method: Method::GET,
        path: "/v1/accounts/{id}/connections",
        summary: "Whom an account is connected with, newest connections first, as the caller may see them.",
        details: "",
        origin: Origin::Documented,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.account.v1.ConnectionService/ListConnections"],
        body: None,
        answer: Answer::List(schema_of::<Account>),
        errors: &[ACCOUNT_NOT_FOUND, INTERNAL, BAD_QUERY],
        handler: || get(list),
    },
];

/// What there is to say to the account that is asked.
#[derive(Deserialize, ToSchema)]
struct Ask {
    /// Up to 1000 characters; empty for nothing.
    #[serde(default)]
    #[schema(max_length = 1000)]
    message: String,
}

/// What came of asking.
#[derive(Serialize, ToSchema)]
struct Asked {
    /// `200 - OK`.
    message: &'static str,
    /// Whether the two are connected, since the other one had asked too.
    is_connected: bool,
}

/// That somebody asks to connect.
#[derive(Serialize, ToSchema)]
struct ConnectionRequest {
    /// The other one, as the caller may see them.
    account: Account,
    /// What the one who asks has to say, or empty.
    message: String,
    /// When it was asked, in Unix seconds.
    created_at: String,
    /// `incoming` where the other one has asked, `outgoing` where the caller has.
    direction: &'static str,
}

const INCOMING: &str = "incoming";
const OUTGOING: &str = "outgoing";

impl ConnectionRequest {
    fn new(request: proto::ConnectionRequest, links: &Links) -> Self {
        Self {
            direction: match request.direction() {
                ConnectionRequestDirection::Outgoing => OUTGOING,
                ConnectionRequestDirection::Incoming | ConnectionRequestDirection::Unspecified => INCOMING,
            },
            account: Account::new(request.account.unwrap_or_default(), links),
            message: request.message,
            created_at: unix_seconds(request.create_time).to_string(),
        }
    }
}

/// Which requests are asked for.
struct Direction(ConnectionRequestDirection);

#[derive(Deserialize)]
struct DirectionQuery {
    direction: Option<String>,
}

impl FromRequestParts<Gateway> for Direction {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        let bad = || Failure::invalid("direction");
        let query = Query::<DirectionQuery>::from_request_parts(parts, gateway).await;
        match query.map_err(|_| bad())?.0.direction.as_deref() {
            None => Ok(Self(ConnectionRequestDirection::Unspecified)),
            Some(INCOMING) => Ok(Self(ConnectionRequestDirection::Incoming)),
            Some(OUTGOING) => Ok(Self(ConnectionRequestDirection::Outgoing)),
            Some(_) => Err(bad()),
        }
    }
}

async fn request(
    State(gateway): State<Gateway>,
    Params(id): Params<String>,
    Body(ask): Body<Ask>,
) -> Result<Json<Asked>, Failure> {
    let request = RequestConnectionRequest { account_id: not_me(id), message: ask.message };
    let response = gateway.connections().request_connection(on_behalf(request)).await?.into_inner();
    Ok(Json(Asked { message: "200 - OK", is_connected: response.is_connected }))
}

async fn accept(State(gateway): State<Gateway>, Params(id): Params<String>) -> Result<Response, Failure> {
    let request = AcceptConnectionRequest { account_id: not_me(id) };
    gateway.connections().accept_connection(on_behalf(request)).await?;
    Ok(done())
}

async fn decline(State(gateway): State<Gateway>, Params(id): Params<String>) -> Result<Response, Failure> {
    let request = DeclineConnectionRequest { account_id: not_me(id) };
    gateway.connections().decline_connection(on_behalf(request)).await?;
    Ok(done())
}

async fn remove(State(gateway): State<Gateway>, Params(id): Params<String>) -> Result<Response, Failure> {
    let request = RemoveConnectionRequest { account_id: not_me(id) };
    gateway.connections().remove_connection(on_behalf(request)).await?;
    Ok(done())
}

async fn list_requests(
    State(gateway): State<Gateway>,
    Direction(direction): Direction,
    page: Page,
) -> Result<Response, Failure> {
    let request =
        ListConnectionRequestsRequest { direction: direction.into(), page_size: page.size, page_token: page.token };
    let response = gateway.connections().list_connection_requests(on_behalf(request)).await?.into_inner();
    let requests = response.requests.into_iter().map(|request| ConnectionRequest::new(request, &gateway.links));
    Ok(page::answer(&requests.collect::<Vec<_>>(), &response.next_page_token))
}

async fn list(State(gateway): State<Gateway>, Params(id): Params<String>, page: Page) -> Result<Response, Failure> {
    let request = ListConnectionsRequest { account_id: not_me(id), page_size: page.size, page_token: page.token };
    let response = gateway.connections().list_connections(on_behalf(request)).await?.into_inner();
    let accounts = response.accounts.into_iter().map(|account| Account::new(account, &gateway.links));
    Ok(page::answer(&accounts.collect::<Vec<_>>(), &response.next_page_token))
}
