//! The page to choose a new password, where no web site has one.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use connectus_platform::{peer::on_behalf, status};
use connectus_proto::{auth::v1::ResetPasswordRequest, common::v1::ErrorReason};
use http::StatusCode;
use serde::Deserialize;

use super::{INTERNAL, LINK_INVALID, Message, page};
use crate::{body::Body, failure::Failure, rest::Params, route::ErrorCode, upstream::Gateway};

#[derive(Template)]
#[template(path = "password_reset.html")]
struct Form<'a> {
    /// What was wrong with the password sent before.
    problem: &'a str,
}

/// Shows the form.
pub(crate) async fn show() -> Response {
    page(&Form { problem: "" }).into_response()
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct NewPassword {
    password: String,
}

/// Sets the new password.
pub(crate) async fn reset(
    State(gateway): State<Gateway>,
    Params(token): Params<String>,
    body: Result<Body<NewPassword>, Failure>,
) -> Response {
    let Ok(Body(NewPassword { password })) = body else {
        return with_status(StatusCode::BAD_REQUEST, &Form { problem: "is required" });
    };
    match gateway.auth().reset_password(on_behalf(ResetPasswordRequest { token, password })).await {
        Ok(_) => {
            let text = "You can log in with it now.";
            let onward = gateway.links.site_url.as_deref();
            page(&Message { title: "Your password is changed", text, onward }).into_response()
        }
        Err(status) => refusal(&status),
    }
}

fn refusal(status: &tonic::Status) -> Response {
    match status::reason(status) {
        Some(ErrorReason::InvalidField) => {
            let errors = status::field_errors(status);
            let problem = errors.first().map_or("is not good", |error| error.problem.as_str());
            with_status(StatusCode::BAD_REQUEST, &Form { problem })
        }
        Some(ErrorReason::LinkInvalid | ErrorReason::LinkAccountGone) => failure(StatusCode::NOT_FOUND, &LINK_INVALID),
        _ => failure(StatusCode::SERVICE_UNAVAILABLE, &INTERNAL),
    }
}

fn failure(status: StatusCode, error: &ErrorCode) -> Response {
    (status, Html(super::failure(error))).into_response()
}

fn with_status(status: StatusCode, template: &impl Template) -> Response {
    let mut response = page(template).into_response();
    *response.status_mut() = status;
    response
}
