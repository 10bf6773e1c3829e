//! The development mailbox.

use askama::Template;
use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse, Response},
};
use connectus_platform::mail::{DevelopmentMailbox, StoredMail};
use http::{HeaderMap, StatusCode, header::ACCEPT};

use super::page;
use crate::{
    client::ClientAddress,
    failure::{envelope, general},
};

#[derive(Template)]
#[template(path = "mailbox.html")]
struct Mailbox {
    mails: Vec<StoredMail>,
}

/// Lists the mails, newest first: as a page, or as JSON for whoever asks for it. They hold links that open accounts, and so
/// are for this machine only.
pub(crate) async fn list(
    State(mailbox): State<DevelopmentMailbox>,
    client: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
) -> Response {
    if client.is_none_or(|Extension(ClientAddress(address))| !address.is_loopback()) {
        return envelope(&general::NOT_FOUND);
    }
    let listed = tokio::task::spawn_blocking(move || mailbox.list()).await;
    let Ok(Ok(mails)) = listed else {
        tracing::error!("the development mailbox cannot be read");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let wants_json = headers.get(ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"application/json"));
    if wants_json { Json(mails).into_response() } else { page(&Mailbox { mails }).into_response() }
}
