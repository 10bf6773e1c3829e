//! Opportunities: what organizations need people for.

use axum::{
    Json,
    extract::State,
    response::Response,
    routing::{delete, get, post, put},
};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{
        self as proto, CreateOpportunityRequest, DeleteOpportunityRequest, GetOpportunityRequest,
        ListOpportunitiesRequest, OpportunityDetails, ReplaceOpportunityRequest, SearchOpportunitiesRequest,
    },
};
use http::Method;
use prost_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Params, done,
    interests::state,
    moments::{End, Moment, moment_or_day},
    not_me,
    page::{self, Page},
    query::Query,
    types::{Address, unix_seconds},
};
use crate::{
    body::Body,
    failure::Failure,
    route::{
        Answer, Auth, BAD_QUERY, Cause, ErrorCode, INTERNAL, Origin, Parameter, Route, THROTTLED, error, parameter,
        schema_of,
    },
    upstream::Gateway,
};

/// The error of the routes about an opportunity that is not there.
pub(super) const NOT_FOUND: ErrorCode =
    error(4000, 404, "Opportunity not found.", &[Cause::Reason(ErrorReason::OpportunityNotFound)]);
/// The same, of the routes for its organization.
pub(super) const NOT_OWN: ErrorCode = NOT_FOUND.when("There is no such opportunity, or it is another organization's.");
/// The error of the routes for organizations.
pub(super) const ORGANIZATIONS_ONLY: ErrorCode = error(
    4002,
    400,
    "Incorrect account type, organization account required.",
    &[Cause::Reason(ErrorReason::OrganizationAccountRequired)],
);

const SEARCH: &[Parameter] = &[
    parameter(
        "q",
        "string",
        "Words of its name, its tags or its place, or their beginnings: up to 8, all of which must match, in spite of accents \
            and a typo or two.",
    ),
    parameter("tags", "string", "Tags that it must have, up to 10, with commas between them."),
    parameter("near", "string", "Around where, as longitude and latitude: `7.1,50.7`."),
    parameter(
        "radius_km",
        "number",
        "How far around, in kilometres: more than 0 and up to 500, and 25 where it is not given.",
    ),
    parameter(
        "from",
        "string",
        "It has a shift that ends after this: a moment as in RFC 3339, or a day as in `2026-05-01`.",
    ),
    parameter("to", "string", "It has a shift that begins before this; of a day, before it ends."),
];

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/v1/accounts/{id}/opportunities",
        summary: "What an organization needs people for, newest first.",
        details: "",
        origin: Origin::Documented,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.experience.v1.OpportunityService/ListOpportunities"],
        body: None,
        answer: Answer::List(schema_of::<Opportunity>),
        errors: &[
            error(4000, 404, "Organization not found.", &[Cause::Reason(ErrorReason::OrganizationNotFound)])
                .when("There is no such organization; a person's id counts as none."),
            INTERNAL,
            BAD_QUERY,
        ],
        handler: || get(list),
    },
    Route {
        method: Method::GET,
        path: "/v1/opportunities",
        summary: "Finds opportunities, newest first.",
        details: "Those whose shifts are all over are found only by when they were.",
        origin: Origin::Added,
        auth: Auth::None,
        query: SEARCH,
        rpcs: &["connectus.experience.v1.OpportunityService/SearchOpportunities"],
        body: None,
        answer: Answer::List(schema_of::<Opportunity>),
        errors: &[INTERNAL, BAD_QUERY],
        handler: || get(search),
    },
    Route {
        method: Method::POST,
        path: "/v1/opportunities",
        summary: "Makes an opportunity of the calling organization.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.experience.v1.OpportunityService/CreateOpportunity"],
        body: Some(schema_of::<NewOpportunity>),
        answer: Answer::Json(schema_of::<CreatedOpportunity>),
        errors: &[
            INTERNAL,
            ORGANIZATIONS_ONLY,
            error(4003, 409, "Opportunity limit reached.", &[Cause::Reason(ErrorReason::LimitReached)])
                .when("The organization has 200 opportunities."),
            BAD_QUERY,
            THROTTLED,
        ],
        handler: || post(create),
    },
    Route {
        method: Method::GET,
        path: "/v1/opportunities/{id}",
        summary: "An opportunity.",
        details: "",
        origin: Origin::Added,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.experience.v1.OpportunityService/GetOpportunity"],
        body: None,
        answer: Answer::Json(schema_of::<Opportunity>),
        errors: &[NOT_FOUND, INTERNAL],
        handler: || get(find),
    },
    Route {
        method: Method::PUT,
        path: "/v1/opportunities/{id}",
        summary: "Replaces an opportunity as a whole.",
        details: "Whoever has signed up for a shift that has other times from now on, or is none any more, is told. More \
            places are given to those who wait; there cannot be fewer than are taken.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.experience.v1.OpportunityService/ReplaceOpportunity"],
        body: Some(schema_of::<NewOpportunity>),
        answer: Answer::Done,
        errors: &[
            NOT_OWN,
            INTERNAL,
            ORGANIZATIONS_ONLY,
            error(4003, 404, "Shift not found.", &[Cause::Reason(ErrorReason::ShiftNotFound)])
                .when("The opportunity has no shift with an id that is given."),
            BAD_QUERY,
            THROTTLED,
        ],
        handler: || put(replace),
    },
    Route {
        method: Method::DELETE,
        path: "/v1/opportunities/{id}",
        summary: "Withdraws an opportunity. Whoever is interested in it is told.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.experience.v1.OpportunityService/DeleteOpportunity"],
        body: None,
        answer: Answer::Done,
        errors: &[NOT_OWN, INTERNAL, ORGANIZATIONS_ONLY],
        handler: || delete(remove),
    },
];

/// Something that an organization needs people for.
#[derive(Serialize, ToSchema)]
struct Opportunity {
    id: String,
    /// The organization's account id.
    organization: String,
    name: String,
    description: String,
    address: Address,
    /// Whether people sign up for shifts; otherwise they only show interest.
    is_signups_enabled: bool,
    /// How many people each shift needs.
    number_of_people_needed: i32,
    tags: Vec<String>,
    /// The ids of the people who are interested or have signed up, latest first, for the organization; empty for everybody else.
    /// There are up to 100 of an opportunity alone, and up to 10 of each in a list; `/interested` has them all.
    interested_users: Vec<String>,
    /// In the order in which they begin.
    shift_times: Vec<Shift>,
    /// How the organization is to be reached.
    method_of_contact: String,
    /// When it was made, in Unix seconds.
    created_at: i64,
    /// Whether the caller is interested, where no shift is signed up for.
    is_interested: bool,
}

/// A time at which people are needed.
#[derive(Serialize, ToSchema)]
struct Shift {
    id: String,
    begin: Moment,
    end: Moment,
    /// How many people have a place in it.
    signed_up: i32,
    /// How many wait for one.
    waiting: i32,
    /// Where the caller stands: `signed_up`, `waiting`, or empty.
    state: &'static str,
}

impl From<proto::Opportunity> for Opportunity {
    fn from(opportunity: proto::Opportunity) -> Self {
        let details = opportunity.details.unwrap_or_default();
        Self {
            id: opportunity.id,
            organization: opportunity.organization_id,
            name: details.name,
            description: details.description,
            address: details.address.unwrap_or_default().into(),
            is_signups_enabled: details.is_signups_enabled,
            number_of_people_needed: details.number_of_people_needed,
            tags: details.tags,
            interested_users: opportunity.interested_user_ids,
            shift_times: opportunity.shifts.into_iter().map(Shift::from).collect(),
            method_of_contact: details.method_of_contact,
            created_at: unix_seconds(opportunity.create_time),
            is_interested: opportunity.is_caller_interested,
        }
    }
}

impl From<proto::Shift> for Shift {
    fn from(shift: proto::Shift) -> Self {
        Self {
            state: state(shift.caller_state()),
            id: shift.id,
            begin: shift.begin_time.into(),
            end: shift.end_time.into(),
            signed_up: shift.signed_up_count,
            waiting: shift.waiting_count,
        }
    }
}

/// What an organization says about an opportunity.
#[derive(Deserialize, ToSchema)]
struct NewOpportunity {
    /// 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// 1 to 5000 characters.
    #[schema(min_length = 1, max_length = 5000)]
    description: String,
    #[serde(default)]
    address: Address,
    /// Whether people sign up for shifts, of which there must be one then.
    #[serde(default)]
    is_signups_enabled: bool,
    /// How many people each shift needs, up to 10000; at least 1 where people sign up.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10000)]
    number_of_people_needed: i32,
    /// Up to 20, each of 1 to 50 characters.
    #[serde(default)]
    #[schema(max_items = 20)]
    tags: Vec<String>,
    /// Up to 100. Of those that are there already, one that is not among them is withdrawn.
    #[serde(default)]
    #[schema(max_items = 100)]
    shift_times: Vec<ShiftTimes>,
    /// Up to 500 characters.
    #[serde(default)]
    #[schema(max_length = 500)]
    method_of_contact: String,
}

/// A shift as it is to be.
#[derive(Deserialize, ToSchema)]
struct ShiftTimes {
    /// The id of the shift that has these times from now on; empty for a new one, or for one that has them already.
    #[serde(default)]
    id: String,
    begin: Moment,
    /// After it begins, and at most 31 days later.
    end: Moment,
}

impl NewOpportunity {
    /// The details, and the shifts apart.
    fn into_message(self) -> (OpportunityDetails, Vec<proto::ShiftTimes>) {
        let details = OpportunityDetails {
            name: self.name,
            description: self.description,
            address: Some(self.address.into()),
            is_signups_enabled: self.is_signups_enabled,
            number_of_people_needed: self.number_of_people_needed,
            tags: self.tags,
            method_of_contact: self.method_of_contact,
        };
        let shifts = self.shift_times.into_iter().map(|ShiftTimes { id, begin: Moment(begin), end: Moment(end) }| {
            proto::ShiftTimes { shift_id: id, begin_time: Some(begin), end_time: Some(end) }
        });
        (details, shifts.collect())
    }
}

/// The answer to a new opportunity.
#[derive(Serialize, ToSchema)]
struct CreatedOpportunity {
    /// `200 - OK`.
    message: &'static str,
    /// The opportunity's id.
    id: String,
}

/// A parameter that is a moment, or a day whose end is meant.
fn time(query: &Query, name: &str, end: End) -> Result<Option<Timestamp>, Failure> {
    let text = query.one(name)?;
    text.map(|text| moment_or_day(text, end).ok_or_else(|| Failure::invalid(name))).transpose()
}

async fn list(State(gateway): State<Gateway>, Params(id): Params<String>, page: Page) -> Result<Response, Failure> {
    let request =
        ListOpportunitiesRequest { organization_id: not_me(id), page_size: page.size, page_token: page.token };
    let response = gateway.opportunities().list_opportunities(on_behalf(request)).await?.into_inner();
    Ok(answer(response.opportunities, &response.next_page_token))
}

async fn search(State(gateway): State<Gateway>, query: Query, page: Page) -> Result<Response, Failure> {
    let request = SearchOpportunitiesRequest {
        query: query.text("q")?,
        tags: query.list("tags")?,
        area: query.area()?,
        from_time: time(&query, "from", End::First)?,
        to_time: time(&query, "to", End::Last)?,
        page_size: page.size,
        page_token: page.token,
    };
    let response = gateway.opportunities().search_opportunities(on_behalf(request)).await?.into_inner();
    Ok(answer(response.opportunities, &response.next_page_token))
}

fn answer(opportunities: Vec<proto::Opportunity>, next: &str) -> Response {
    let opportunities: Vec<Opportunity> = opportunities.into_iter().map(Opportunity::from).collect();
    page::answer(&opportunities, next)
}

/// An opportunity as the experience service has it.
pub(super) async fn fetch(gateway: Gateway, opportunity_id: String) -> Result<proto::Opportunity, Failure> {
    let request = on_behalf(GetOpportunityRequest { opportunity_id });
    Ok(gateway.opportunities().get_opportunity(request).await?.into_inner().opportunity.unwrap_or_default())
}

async fn find(State(gateway): State<Gateway>, Params(id): Params<String>) -> Result<Json<Opportunity>, Failure> {
    Ok(Json(fetch(gateway, id).await?.into()))
}

async fn create(
    State(gateway): State<Gateway>,
    Body(new): Body<NewOpportunity>,
) -> Result<Json<CreatedOpportunity>, Failure> {
    let (details, shifts) = new.into_message();
    let request = CreateOpportunityRequest { details: Some(details), shifts };
    let response = gateway.opportunities().create_opportunity(on_behalf(request)).await?.into_inner();
    Ok(Json(CreatedOpportunity { message: "200 - OK", id: response.opportunity.unwrap_or_default().id }))
}

async fn replace(
    State(gateway): State<Gateway>,
    Params(opportunity_id): Params<String>,
    Body(new): Body<NewOpportunity>,
) -> Result<Response, Failure> {
    let (details, shifts) = new.into_message();
    let request = ReplaceOpportunityRequest { opportunity_id, details: Some(details), shifts };
    gateway.opportunities().replace_opportunity(on_behalf(request)).await?;
    Ok(done())
}

async fn remove(State(gateway): State<Gateway>, Params(opportunity_id): Params<String>) -> Result<Response, Failure> {
    gateway.opportunities().delete_opportunity(on_behalf(DeleteOpportunityRequest { opportunity_id })).await?;
    Ok(done())
}
