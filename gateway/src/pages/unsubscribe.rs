//! The page that the mails about notifications lead to, and what its button does, or one click in a mail program (RFC 8058).

use askama::Template;
use axum::{extract::State, response::Response};
use connectus_platform::peer::on_behalf;
use connectus_proto::social::v1::UnsubscribeRequest;

use super::{Message, page};
use crate::{failure::Failure, rest::Params, upstream::Gateway};

#[derive(Template)]
#[template(path = "unsubscribe.html")]
struct Unsubscribe;

/// Asks whether to end the mails. It changes nothing: mail scanners open links too.
pub(super) async fn show() -> Result<Response, Failure> {
    page(&Unsubscribe)
}

/// Ends them. What is sent with it (`List-Unsubscribe=One-Click`) says no more than that it is sent.
pub(super) async fn unsubscribe(
    State(gateway): State<Gateway>,
    Params(token): Params<String>,
) -> Result<Response, Failure> {
    gateway.notifications().unsubscribe(on_behalf(UnsubscribeRequest { token })).await?;
    page(&Message {
        title: "No more mails about notifications",
        text: "They are on the site still, and your settings turn the mails on again.",
        onward: gateway.links.site_url.as_deref(),
    })
}
