//! Passwords: a new one by a mailed link, or by the present one.

use axum::{Json, extract::State, response::Response, routing::post};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    auth::v1::{ChangePasswordRequest, RequestPasswordResetRequest, ResetPasswordRequest},
    common::v1::ErrorReason,
};
use http::Method;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{auth::Token, done};
use crate::{
    body::Body,
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, Cause, INTERNAL, Origin, PASSWORD_WRONG, Route, THROTTLED, error, schema_of},
    upstream::Gateway,
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::POST,
        path: "/v1/auth/change-password",
        summary: "Sets a new password, ends every session of the account, and begins a new one for the caller.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/ChangePassword"],
        body: Some(schema_of::<ChangePassword>),
        answer: Answer::Json(schema_of::<Token>),
        errors: &[INTERNAL, PASSWORD_WRONG, BAD_QUERY, THROTTLED],
        handler: || post(change_password),
    },
    Route {
        method: Method::POST,
        path: "/v1/auth/reset-password",
        summary: "Sets a new password by the token from the mail, and ends every session of the account.",
        details: "A token works once.",
        origin: Origin::Documented,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/ResetPassword"],
        body: Some(schema_of::<ResetPassword>),
        answer: Answer::Done,
        errors: &[
            error(4000, 500, "Internal server error.", &[Cause::Internal]),
            error(4001, 400, "Invalid token.", &[Cause::Reason(ErrorReason::LinkInvalid)])
                .when("The token is malformed, has expired, or was used already."),
            error(4002, 400, "User not found.", &[Cause::Reason(ErrorReason::LinkAccountGone)])
                .when("The account that the token is for does not exist any more."),
            BAD_QUERY,
        ],
        handler: || post(reset_password),
    },
    Route {
        method: Method::POST,
        path: "/v1/request-password-reset",
        summary: "Mails a link to choose a new password, if the address has an account.",
        details: "The answer, and the time it takes, is the same if not.",
        origin: Origin::Documented,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/RequestPasswordReset"],
        body: Some(schema_of::<RequestPasswordReset>),
        answer: Answer::Done,
        errors: &[INTERNAL, error(4050, 400, "Bad request.", &[Cause::BadQuery]), THROTTLED],
        handler: || post(request_password_reset),
    },
];

/// A new password, and the present one.
#[derive(Deserialize, ToSchema)]
struct ChangePassword {
    /// The present password.
    password: String,
    /// The new password; the rules are those of registration.
    #[schema(min_length = 8, max_length = 128)]
    new_password: String,
}

async fn change_password(
    State(gateway): State<Gateway>,
    Body(body): Body<ChangePassword>,
) -> Result<Json<Token>, Failure> {
    let request = ChangePasswordRequest { password: body.password, new_password: body.new_password };
    let response = gateway.auth().change_password(on_behalf(request)).await?.into_inner();
    Ok(Json(Token { token: response.access_token }))
}

/// A new password.
#[derive(Deserialize, ToSchema)]
struct ResetPassword {
    /// The new password; the rules are those of registration.
    #[schema(min_length = 8, max_length = 128)]
    password: String,
    /// The token from the mail.
    token: String,
}

async fn reset_password(State(gateway): State<Gateway>, Body(body): Body<ResetPassword>) -> Result<Response, Failure> {
    let request = ResetPasswordRequest { token: body.token, password: body.password };
    gateway.auth().reset_password(on_behalf(request)).await?;
    Ok(done())
}

/// Who forgot their password.
#[derive(Deserialize, ToSchema)]
struct RequestPasswordReset {
    /// E-mail address.
    #[schema(format = Email, max_length = 254, example = "someone@example.org")]
    email: String,
}

async fn request_password_reset(
    State(gateway): State<Gateway>,
    Body(body): Body<RequestPasswordReset>,
) -> Result<Response, Failure> {
    gateway.auth().request_password_reset(on_behalf(RequestPasswordResetRequest { email: body.email })).await?;
    Ok(done())
}
