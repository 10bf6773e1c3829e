//! The page that a verification mail leads to.

use axum::{extract::State, response::Response};
use connectus_platform::peer::on_behalf;
use connectus_proto::auth::v1::VerifyEmailRequest;
use http::StatusCode;

use super::{Message, page};
use crate::{failure::Failure, rest::Params, upstream::Gateway};

pub(super) async fn verify(State(gateway): State<Gateway>, Params(token): Params<String>) -> Result<Response, Failure> {
    gateway.auth().verify_email(on_behalf(VerifyEmailRequest { token })).await?;
    page(&Message {
        title: "Your address is verified",
        text: "Thank you. You can log in now.",
        onward: gateway.links.site_url.as_deref(),
    })
}

/// Programs that look whether a link is alive do not verify anything.
pub(super) async fn head() -> StatusCode {
    StatusCode::OK
}
