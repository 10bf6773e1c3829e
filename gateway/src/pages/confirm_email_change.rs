//! The page that the mail to a new address leads to, and what its button does.

use askama::Template;
use axum::{extract::State, response::Response};
use connectus_platform::peer::on_behalf;
use connectus_proto::auth::v1::VerifyEmailRequest;

use super::{Message, page};
use crate::{failure::Failure, rest::Params, upstream::Gateway};

#[derive(Template)]
#[template(path = "confirm_email_change.html")]
struct ConfirmEmailChange;

/// Asks whether to confirm it. It changes nothing: mail scanners open links too.
pub(super) async fn show() -> Result<Response, Failure> {
    page(&ConfirmEmailChange)
}

/// Confirms it.
pub(super) async fn confirm(
    State(gateway): State<Gateway>,
    Params(token): Params<String>,
) -> Result<Response, Failure> {
    gateway.auth().verify_email(on_behalf(VerifyEmailRequest { token })).await?;
    page(&Message {
        title: "Your account has this address now",
        text: "Thank you. Log in with it from now on.",
        onward: gateway.links.site_url.as_deref(),
    })
}
