//! Who is interested in an opportunity, and who comes.

use axum::{
    Json,
    extract::{Query, State},
    response::Response,
    routing::{delete, get, post},
};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{
        self as proto, InterestState, ListInterestsRequest, ShowInterestRequest, WithdrawInterestRequest,
    },
};
use http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Params, done,
    opportunities::{NOT_FOUND, NOT_OWN, ORGANIZATIONS_ONLY},
    page::{self, Page},
    types::unix_seconds,
};
use crate::{
    body::Body,
    failure::Failure,
    route::{
        Answer, Auth, BAD_QUERY, Cause, ErrorCode, INTERNAL, Origin, Route, THROTTLED, error, parameter, schema_of,
    },
    upstream::Gateway,
};

const USERS_ONLY: ErrorCode = error(
    4002,
    400,
    "Incorrect account type, user account required.",
    &[Cause::Reason(ErrorReason::UserAccountRequired)],
);

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::POST,
        path: "/v1/opportunities/{id}/interest",
        summary: "Shows interest in an opportunity, or signs up for a shift of it.",
        details: "When the shift is full, it is signed up for its waiting list, whose first moves up when somebody leaves, \
            and is told. A repeat changes nothing.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.experience.v1.OpportunityService/ShowInterest"],
        body: Some(schema_of::<NewInterest>),
        answer: Answer::Json(schema_of::<Standing>),
        errors: &[
            NOT_FOUND,
            INTERNAL,
            USERS_ONLY,
            error(4003, 404, "Shift not found.", &[Cause::Reason(ErrorReason::ShiftNotFound)]),
            error(4004, 400, "The shift is over.", &[Cause::Reason(ErrorReason::ShiftOver)]),
            error(4005, 409, "Interest limit reached.", &[Cause::Reason(ErrorReason::LimitReached)])
                .when("The caller is interested in 500 opportunities and shifts."),
            BAD_QUERY,
            THROTTLED,
        ],
        handler: || post(show),
    },
    Route {
        method: Method::DELETE,
        path: "/v1/opportunities/{id}/interest",
        summary: "Withdraws the caller's interest in an opportunity, or gives up a shift of it.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[parameter(
            "shift",
            "string",
            "The shift to give up; all that was said about the opportunity without it.",
        )],
        rpcs: &["connectus.experience.v1.OpportunityService/WithdrawInterest"],
        body: None,
        answer: Answer::Done,
        errors: &[
            NOT_FOUND,
            INTERNAL,
            USERS_ONLY,
            error(4003, 404, "Interest not found.", &[Cause::Reason(ErrorReason::InterestNotFound)])
                .when("The caller is not interested, or has not signed up for the shift."),
            BAD_QUERY,
        ],
        handler: || delete(withdraw),
    },
    Route {
        method: Method::GET,
        path: "/v1/opportunities/{id}/interested",
        summary: "Who is interested in an opportunity of the calling organization, latest first.",
        details: "People who have blocked it are left out, so that a page may have fewer than were asked for, and not be the \
            last.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.experience.v1.OpportunityService/ListInterests"],
        body: None,
        answer: Answer::List(schema_of::<Interest>),
        errors: &[NOT_OWN, INTERNAL, ORGANIZATIONS_ONLY, BAD_QUERY],
        handler: || get(list),
    },
];

/// What is shown interest in.
#[derive(Deserialize, ToSchema)]
struct NewInterest {
    /// The shift's id, where people sign up; otherwise empty.
    #[serde(default)]
    shift: String,
}

/// Where the caller stands.
#[derive(Serialize, ToSchema)]
struct Standing {
    /// `200 - OK`.
    message: &'static str,
    /// `interested`, `signed_up` or `waiting`.
    state: &'static str,
}

/// Somebody's interest in an opportunity.
#[derive(Serialize, ToSchema)]
struct Interest {
    /// The person's account id.
    user: String,
    /// The shift's id; empty where none is signed up for.
    shift: String,
    /// `interested`, `signed_up` or `waiting`.
    state: &'static str,
    /// Since when, in Unix seconds.
    created_at: i64,
}

impl From<proto::Interest> for Interest {
    fn from(interest: proto::Interest) -> Self {
        Self {
            state: state(interest.state()),
            user: interest.user_id,
            shift: interest.shift_id,
            created_at: unix_seconds(interest.create_time),
        }
    }
}

/// What the published API calls where somebody stands.
pub(super) fn state(state: InterestState) -> &'static str {
    match state {
        InterestState::Unspecified => "",
        InterestState::Interested => "interested",
        InterestState::SignedUp => "signed_up",
        InterestState::Waiting => "waiting",
    }
}

/// Which shift is given up.
#[derive(Deserialize)]
struct ShiftQuery {
    #[serde(default)]
    shift: String,
}

async fn show(
    State(gateway): State<Gateway>,
    Params(opportunity_id): Params<String>,
    Body(NewInterest { shift: shift_id }): Body<NewInterest>,
) -> Result<Json<Standing>, Failure> {
    let request = ShowInterestRequest { opportunity_id, shift_id };
    let response = gateway.opportunities().show_interest(on_behalf(request)).await?.into_inner();
    Ok(Json(Standing { message: "200 - OK", state: state(response.state()) }))
}

async fn withdraw(
    State(gateway): State<Gateway>,
    Params(opportunity_id): Params<String>,
    query: Result<Query<ShiftQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Failure> {
    let Query(ShiftQuery { shift: shift_id }) = query.map_err(|_| Failure::invalid("shift"))?;
    let request = WithdrawInterestRequest { opportunity_id, shift_id };
    gateway.opportunities().withdraw_interest(on_behalf(request)).await?;
    Ok(done())
}

async fn list(
    State(gateway): State<Gateway>,
    Params(opportunity_id): Params<String>,
    page: Page,
) -> Result<Response, Failure> {
    let request = ListInterestsRequest { opportunity_id, page_size: page.size, page_token: page.token };
    let response = gateway.opportunities().list_interests(on_behalf(request)).await?.into_inner();
    let interests: Vec<Interest> = response.interests.into_iter().map(Interest::from).collect();
    Ok(page::answer(&interests, &response.next_page_token))
}
