//! The page that an approval mail leads to, and what its buttons do.

use askama::Template;
use axum::{extract::State, response::Response};
use connectus_platform::peer::on_behalf;
use connectus_proto::experience::v1::{
    DecideMailedValidationRequest, Decision, ExperienceDetails, GetMailedValidationRequest,
};

use super::{Message, page};
use crate::{
    body::Body,
    failure::Failure,
    rest::{Params, validations::Verdict},
    upstream::Gateway,
};

#[derive(Template)]
#[template(path = "approval.html")]
struct Approval<'a> {
    user_name: &'a str,
    details: &'a ExperienceDetails,
}

/// Shows what is to be confirmed. It changes nothing: mail scanners open links too.
pub(super) async fn show(State(gateway): State<Gateway>, Params(token): Params<String>) -> Result<Response, Failure> {
    let request = on_behalf(GetMailedValidationRequest { token });
    let response = gateway.experience().get_mailed_validation(request).await?.into_inner();
    page(&Approval { user_name: &response.user_name, details: &response.details.unwrap_or_default() })
}

/// Confirms or declines.
pub(super) async fn decide(
    State(gateway): State<Gateway>,
    Params(token): Params<String>,
    Body(verdict): Body<Verdict>,
) -> Result<Response, Failure> {
    let decision = verdict.decision();
    let request = on_behalf(DecideMailedValidationRequest { token, decision });
    gateway.experience().decide_mailed_validation(request).await?;
    let text = if decision == i32::from(Decision::Approve) {
        "You have confirmed it. Nothing else is to be done."
    } else {
        "You have declined it. It stays unconfirmed."
    };
    page(&Message { title: "Thank you", text, onward: gateway.links.site_url.as_deref() })
}
