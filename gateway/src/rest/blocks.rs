//! Blocks: whom a person does not want to be seen by.

use axum::{extract::State, response::Response, routing::post};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    account::v1::{BlockAccountRequest, UnblockAccountRequest},
    common::v1::ErrorReason,
};
use http::Method;

use super::{Params, done, not_me};
use crate::{
    failure::Failure,
    route::{ACCOUNT_NOT_FOUND, Answer, Auth, BAD_QUERY, Cause, ErrorCode, INTERNAL, Origin, Route, error},
    upstream::Gateway,
};

const WRONG_TYPE: ErrorCode = error(
    4002,
    400,
    "Incorrect account type, user account required.",
    &[Cause::Reason(ErrorReason::UserAccountRequired)],
);

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::POST,
        path: "/v1/accounts/{id}/block",
        summary: "Blocks an account: it does not see the caller any more, wherever it looks.",
        details: "The connection and whatever the two have asked each other ends. The settings list it in \
            `blocked_users`. A repeat changes nothing.",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.account.v1.ConnectionService/BlockAccount"],
        body: None,
        answer: Answer::Done,
        errors: &[
            ACCOUNT_NOT_FOUND,
            INTERNAL,
            WRONG_TYPE,
            error(4003, 400, "Cannot block oneself.", &[Cause::Reason(ErrorReason::OwnAccount)]),
            error(4004, 409, "Block limit reached.", &[Cause::Reason(ErrorReason::LimitReached)])
                .when("The caller has blocked 1000 accounts."),
            BAD_QUERY,
        ],
        handler: || post(block),
    },
    Route {
        method: Method::POST,
        path: "/v1/accounts/{id}/unblock",
        summary: "Lets an account see the caller again.",
        details: "A repeat changes nothing.",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.account.v1.ConnectionService/UnblockAccount"],
        body: None,
        answer: Answer::Done,
        errors: &[ACCOUNT_NOT_FOUND, INTERNAL, WRONG_TYPE, BAD_QUERY],
        handler: || post(unblock),
    },
];

async fn block(State(gateway): State<Gateway>, Params(id): Params<String>) -> Result<Response, Failure> {
    gateway.connections().block_account(on_behalf(BlockAccountRequest { account_id: not_me(id) })).await?;
    Ok(done())
}

async fn unblock(State(gateway): State<Gateway>, Params(id): Params<String>) -> Result<Response, Failure> {
    gateway.connections().unblock_account(on_behalf(UnblockAccountRequest { account_id: not_me(id) })).await?;
    Ok(done())
}
