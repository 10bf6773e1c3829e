//! Requests to confirm experiences, for organizations.

use axum::{
    extract::State,
    response::Response,
    routing::{get, post},
};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{DecideValidationRequest, Decision, ListValidationRequestsRequest},
};
use http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Params, done,
    page::{self, Page},
};
use crate::{
    body::Body,
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, Cause, ErrorCode, INTERNAL, Origin, Route, error, schema_of},
    upstream::Gateway,
};

const WRONG_TYPE: ErrorCode = error(
    4000,
    400,
    "Incorrect account type, organization account required.",
    &[Cause::Reason(ErrorReason::OrganizationAccountRequired)],
);

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/v1/experiences/validations",
        summary: "The requests that wait for the calling organization, newest first.",
        details: "",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.experience.v1.ExperienceService/ListValidationRequests"],
        body: None,
        answer: Answer::List(schema_of::<Validation>),
        errors: &[WRONG_TYPE, INTERNAL, BAD_QUERY],
        handler: || get(list),
    },
    Route {
        method: Method::POST,
        path: "/v1/experiences/validations/{userid}/{id}",
        summary: "Confirms or declines an experience; a declined one stays, unverified.",
        details: "Of two decisions at once one wins, and the other is answered 4002.",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.experience.v1.ExperienceService/DecideValidation"],
        body: Some(schema_of::<Verdict>),
        answer: Answer::Done,
        errors: &[
            WRONG_TYPE,
            INTERNAL,
            error(
                4002,
                404,
                "Experience validation request not found.",
                &[Cause::Reason(ErrorReason::ValidationNotFound)],
            )
            .when("It does not wait for the caller, or not any more."),
            error(4003, 400, "User not found.", &[Cause::Reason(ErrorReason::UserNotFound)])
                .when("There is no such account, or it is an organization's."),
            error(4004, 400, "Experience not found in user object.", &[Cause::Reason(ErrorReason::ExperienceNotFound)])
                .when("That person has no such experience."),
            BAD_QUERY,
        ],
        handler: || post(decide),
    },
];

/// A request to confirm an experience.
#[derive(Serialize, ToSchema)]
struct Validation {
    user_id: String,
    experience_id: String,
}

/// What is decided.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Verdict {
    /// Whether it happened as written.
    approve: bool,
}

impl Verdict {
    /// The same as the rpcs take it.
    pub(crate) fn decision(&self) -> i32 {
        if self.approve { Decision::Approve.into() } else { Decision::Decline.into() }
    }
}

async fn list(State(gateway): State<Gateway>, page: Page) -> Result<Response, Failure> {
    let request = ListValidationRequestsRequest { page_size: page.size, page_token: page.token };
    let response = gateway.experience().list_validation_requests(on_behalf(request)).await?.into_inner();
    let requests = response.requests.into_iter();
    let requests =
        requests.map(|request| Validation { user_id: request.user_id, experience_id: request.experience_id });
    Ok(page::answer(&requests.collect::<Vec<_>>(), &response.next_page_token))
}

async fn decide(
    State(gateway): State<Gateway>,
    Params((user_id, experience_id)): Params<(String, String)>,
    Body(verdict): Body<Verdict>,
) -> Result<Response, Failure> {
    let request = DecideValidationRequest {
        user_id,
        experience_id,
        decision: verdict.decision(),
        // The published API does not know of requests' ids.
        request_id: String::new(),
    };
    gateway.experience().decide_validation(on_behalf(request)).await?;
    Ok(done())
}
