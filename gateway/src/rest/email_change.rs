//! Changing an account's address, and undoing it.

use axum::{extract::State, response::Response, routing::post};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    auth::v1::{ChangeEmailRequest, UndoEmailChangeRequest},
    common::v1::ErrorReason,
};
use http::Method;
use serde::Deserialize;
use utoipa::ToSchema;

use super::done;
use crate::{
    body::Body,
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, Cause, INTERNAL, Origin, PASSWORD_WRONG, Route, THROTTLED, error, schema_of},
    upstream::Gateway,
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::POST,
        path: "/v1/auth/change-email",
        summary: "Changes the account's address, and mails the new one a link that verifies it.",
        details: "Until its button is pressed, the account is answered 3003. The old address is told, with a link that \
            undoes the change for a week. An address that has another account is answered in the same way, and told by mail.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/ChangeEmail"],
        body: Some(schema_of::<ChangeEmail>),
        answer: Answer::Done,
        errors: &[
            INTERNAL,
            PASSWORD_WRONG,
            error(4003, 500, "Issue sending verification email.", &[Cause::Reason(ErrorReason::MailNotAccepted)]),
            BAD_QUERY,
            THROTTLED,
        ],
        handler: || post(change_email),
    },
    Route {
        method: Method::POST,
        path: "/v1/auth/undo-email-change",
        summary: "Gives an account its old address back, by the token from the mail that told of the change.",
        details: "Whoever changed it knows the password: every session ends, the password works no more, and a mail \
            with a \
            link to choose a new one is sent.",
        origin: Origin::Added,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/UndoEmailChange"],
        body: Some(schema_of::<UndoEmailChange>),
        answer: Answer::Done,
        errors: &[
            error(4000, 404, "Account not found.", &[Cause::Reason(ErrorReason::LinkAccountGone)])
                .when("The account that the token is for does not exist any more."),
            INTERNAL,
            error(4002, 400, "Invalid token.", &[Cause::Reason(ErrorReason::LinkInvalid)])
                .when("The token is malformed, has expired, or was used already."),
            error(4003, 409, "E-mail address already taken.", &[Cause::Reason(ErrorReason::EmailTaken)])
                .when("Another account has the old address by now."),
            BAD_QUERY,
        ],
        handler: || post(undo_email_change),
    },
];

/// A new address.
#[derive(Deserialize, ToSchema)]
struct ChangeEmail {
    /// The password.
    password: String,
    /// The new e-mail address, up to 254 characters.
    #[schema(format = Email, max_length = 254, example = "someone@example.org")]
    email: String,
}

async fn change_email(State(gateway): State<Gateway>, Body(body): Body<ChangeEmail>) -> Result<Response, Failure> {
    let request = ChangeEmailRequest { password: body.password, email: body.email };
    gateway.auth().change_email(on_behalf(request)).await?;
    Ok(done())
}

/// Who wants the old address back.
#[derive(Deserialize, ToSchema)]
struct UndoEmailChange {
    /// The token from the mail.
    token: String,
}

async fn undo_email_change(
    State(gateway): State<Gateway>,
    Body(body): Body<UndoEmailChange>,
) -> Result<Response, Failure> {
    gateway.auth().undo_email_change(on_behalf(UndoEmailChangeRequest { token: body.token })).await?;
    Ok(done())
}
