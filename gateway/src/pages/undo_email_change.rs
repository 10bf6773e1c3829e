//! The page that the mail about a change of address leads to, and what its button does.

use askama::Template;
use axum::{extract::State, response::Response};
use connectus_platform::peer::on_behalf;
use connectus_proto::auth::v1::UndoEmailChangeRequest;

use super::{Message, page};
use crate::{failure::Failure, rest::Params, upstream::Gateway};

#[derive(Template)]
#[template(path = "undo_email_change.html")]
struct UndoEmailChange;

/// Asks whether to undo it. It changes nothing: mail scanners open links too.
pub(super) async fn show() -> Result<Response, Failure> {
    page(&UndoEmailChange)
}

/// Undoes it.
pub(super) async fn undo(State(gateway): State<Gateway>, Params(token): Params<String>) -> Result<Response, Failure> {
    gateway.auth().undo_email_change(on_behalf(UndoEmailChangeRequest { token })).await?;
    page(&Message {
        title: "Your account has this address again",
        text: "Whoever changed it knows your password, so it works no more. We have sent you a mail to choose a new \
            one.",
        onward: gateway.links.site_url.as_deref(),
    })
}
