//! Pages for people, who come by mailed links.

pub(crate) mod approval;
mod confirm_email_change;
pub(crate) mod mailbox;
pub(crate) mod password_reset;
mod undo_email_change;
mod unsubscribe;
mod verify_email;

use askama::Template;
use axum::{
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use connectus_proto::common::v1::ErrorReason;
use http::{HeaderValue, Method, header::CACHE_CONTROL, header::CONTENT_TYPE};

use crate::{
    failure::Failure,
    rest::validations::Verdict,
    route::{Answer, Auth, Cause, ErrorCode, Origin, Route, error, schema_of},
};

// What a page says when it cannot do what it is for. People see no numbers; they are the HTTP statuses.
const LINK_INVALID: ErrorCode = error(
    404,
    404,
    "This link is invalid, has expired, or was used already.",
    &[Cause::Reason(ErrorReason::LinkInvalid)],
);
const SUBJECT_GONE: ErrorCode = error(
    404,
    404,
    "What this link was for does not exist any more.",
    &[Cause::Reason(ErrorReason::LinkAccountGone), Cause::Reason(ErrorReason::UserNotFound)],
);
const ADDRESS_TAKEN: ErrorCode =
    error(409, 409, "Another account has this address by now.", &[Cause::Reason(ErrorReason::EmailTaken)]);
const INTERNAL: ErrorCode =
    error(500, 500, "Something went wrong on our side. Please try again later.", &[Cause::Internal]);
const NOT_UNDERSTOOD: ErrorCode =
    error(400, 400, "This answer is not understood. Please go back and try again.", &[Cause::BadQuery]);

pub(crate) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/v1/auth/verify-email/{token}",
        summary: "The page that a verification mail leads to. Opening it verifies the address; HEAD does not.",
        details: "It is for the address that an account was registered with; a change of it has a page with a \
            button. A link works once.",
        origin: Origin::Documented,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/VerifyEmail"],
        body: None,
        answer: Answer::Html,
        errors: &[LINK_INVALID, SUBJECT_GONE, INTERNAL],
        handler: || get(verify_email::verify).head(verify_email::head),
    },
    Route {
        method: Method::GET,
        path: "/v1/auth/confirm-email-change/{token}",
        summary: "The page that the mail to a new address leads to. Opening it changes nothing.",
        details: "It has a button. Mail scanners open links too.",
        origin: Origin::Added,
        auth: Auth::None,
        query: &[],
        rpcs: &[],
        body: None,
        answer: Answer::Html,
        errors: &[],
        handler: || get(confirm_email_change::show),
    },
    Route {
        method: Method::POST,
        path: "/v1/auth/confirm-email-change/{token}",
        summary: "What the button of that page sends: the account has its new address.",
        details: "A link works once, and for 12 hours.",
        origin: Origin::Added,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/VerifyEmail"],
        body: None,
        answer: Answer::Html,
        errors: &[LINK_INVALID, SUBJECT_GONE, INTERNAL, NOT_UNDERSTOOD],
        handler: || post(confirm_email_change::confirm),
    },
    Route {
        method: Method::GET,
        path: "/v1/auth/undo-email-change/{token}",
        summary: "The page that the mail about a change of address leads to. Opening it changes nothing.",
        details: "It has a button. Mail scanners open links too.",
        origin: Origin::Added,
        auth: Auth::None,
        query: &[],
        rpcs: &[],
        body: None,
        answer: Answer::Html,
        errors: &[],
        handler: || get(undo_email_change::show),
    },
    Route {
        method: Method::POST,
        path: "/v1/auth/undo-email-change/{token}",
        summary: "What the button of that page sends: the account has its old address again.",
        details: "Every session ends, the password works no more, and a mail with a link to choose a new one is sent. \
            A link works once, and for a week.",
        origin: Origin::Added,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/UndoEmailChange"],
        body: None,
        answer: Answer::Html,
        errors: &[LINK_INVALID, SUBJECT_GONE, ADDRESS_TAKEN, INTERNAL, NOT_UNDERSTOOD],
        handler: || post(undo_email_change::undo),
    },
    Route {
        method: Method::GET,
        path: "/v1/notifications/unsubscribe/{token}",
        summary: "The page that mails about notifications lead to. Opening it changes nothing.",
        details: "It has a button. Mail scanners open links too.",
        origin: Origin::Added,
        auth: Auth::None,
        query: &[],
        rpcs: &[],
        body: None,
        answer: Answer::Html,
        errors: &[],
        handler: || get(unsubscribe::show),
    },
    Route {
        method: Method::POST,
        path: "/v1/notifications/unsubscribe/{token}",
        summary: "What the button of that page sends, or one click in a mail program: no more mails about notifications.",
        details: "It is what `List-Unsubscribe` of the mails names (RFC 8058). A link works for as long as there is the account.",
        origin: Origin::Added,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.social.v1.NotificationService/Unsubscribe"],
        body: None,
        answer: Answer::Html,
        errors: &[LINK_INVALID, INTERNAL, NOT_UNDERSTOOD],
        handler: || post(unsubscribe::unsubscribe),
    },
    Route {
        method: Method::GET,
        path: "/v1/experiences/email-approve/{token}",
        summary: "The page that an approval mail leads to. Opening it changes nothing.",
        details: "It shows what is to be confirmed. Mail scanners open links too.",
        origin: Origin::Documented,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.experience.v1.ExperienceService/GetMailedValidation"],
        body: None,
        answer: Answer::Html,
        errors: &[LINK_INVALID, SUBJECT_GONE, INTERNAL],
        handler: || get(approval::show),
    },
    Route {
        method: Method::POST,
        path: "/v1/experiences/email-approve/{token}",
        summary: "What the buttons of the approval page send.",
        details: "A link works once, and for a week.",
        origin: Origin::Documented,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.experience.v1.ExperienceService/DecideMailedValidation"],
        body: Some(schema_of::<Verdict>),
        answer: Answer::Html,
        errors: &[LINK_INVALID, INTERNAL, NOT_UNDERSTOOD],
        handler: || post(approval::decide),
    },
];

/// A page with a sentence or two.
#[derive(Template)]
#[template(path = "message.html")]
struct Message<'a> {
    title: &'a str,
    text: &'a str,
    /// Where to go on.
    onward: Option<&'a str>,
}

/// A page that says why something cannot be done.
pub(crate) fn failure(error: &ErrorCode) -> String {
    let page = Message { title: "That did not work", text: error.message, onward: None };
    page.render().unwrap_or_else(|_| error.message.to_owned())
}

/// Renders a page.
fn page(template: &impl Template) -> Result<Response, Failure> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page cannot be rendered");
        Failure::General(&crate::failure::general::INTERNAL)
    })?;
    Ok(Html(html).into_response())
}

/// The style of all pages.
pub(crate) async fn style() -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/css")),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, include_str!("../../assets/style.css")).into_response()
}
