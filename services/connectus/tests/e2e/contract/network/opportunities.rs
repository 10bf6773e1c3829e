//! Opportunities, who is interested in them, and experiences that came from them.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    super::{
        case::{Case, case},
        faults::{Internal, MESSAGE},
        world::{Member, NOBODY, World, experience_body},
    },
    BAD_QUERY, Harmless, faulty,
};

const SEARCH: &str = "GET /v1/opportunities";
const LIST: &str = "GET /v1/accounts/{id}/opportunities";
const CREATE: &str = "POST /v1/opportunities";
const READ: &str = "GET /v1/opportunities/{id}";
const REPLACE: &str = "PUT /v1/opportunities/{id}";
const DELETE: &str = "DELETE /v1/opportunities/{id}";
const SHOW: &str = "POST /v1/opportunities/{id}/interest";
const WITHDRAW: &str = "DELETE /v1/opportunities/{id}/interest";
const INTERESTED: &str = "GET /v1/opportunities/{id}/interested";
const CALENDAR: &str = "GET /v1/opportunities/{id}/calendar.ics";

const NOT_FOUND: (u64, u16, &str) = (4000, 404, "Opportunity not found.");
const ORGANIZATION_REQUIRED: (u64, u16, &str) = (4002, 400, "Incorrect account type, organization account required.");
const USER_REQUIRED: (u64, u16, &str) = (4002, 400, "Incorrect account type, user account required.");
const SHIFT_NOT_FOUND: (u64, u16, &str) = (4003, 404, "Shift not found.");

pub(super) fn cases(world: &World) -> Vec<Case> {
    [reading(world), writing(world), interest(world), experiences(world)].into_iter().flatten().collect()
}

fn path(id: &str, rest: &str) -> String {
    format!("/v1/opportunities/{id}{rest}")
}

fn body() -> Value {
    json!({"name": "Beach patrol", "description": "Walk the beach.", "is_signups_enabled": false})
}

fn reading(world: &World) -> Vec<Case> {
    let get = |path: &str| world.anonymous(Method::GET, path);
    let of = |id: &str, query: &str| get(&format!("/v1/accounts/{id}/opportunities{query}"));
    let interested =
        |by: &Member, id: &str, query: &str| world.by(by, Method::GET, &path(id, &format!("/interested{query}")));
    let calendar = |id: &str| world.by(&world.user, Method::GET, &path(id, "/calendar.ics"));
    vec![
        case(SEARCH, BAD_QUERY, get("/v1/opportunities?from=yesterday")),
        case(LIST, (4000, 404, "Organization not found."), of(&world.user.id, "")),
        case(LIST, BAD_QUERY, of(&world.organization.id, "?limit=0")),
        case(READ, NOT_FOUND, get(&path(NOBODY, ""))),
        case(INTERESTED, NOT_FOUND, interested(&world.organization, &world.offers.foreign, "")),
        case(INTERESTED, ORGANIZATION_REQUIRED, interested(&world.user, &world.offers.open, "")),
        case(INTERESTED, BAD_QUERY, interested(&world.organization, &world.offers.open, "?limit=0")),
        case(CALENDAR, NOT_FOUND, calendar(NOBODY)),
        case(CALENDAR, (4002, 404, "Shift not found."), calendar(&world.offers.open)),
    ]
}

fn writing(world: &World) -> Vec<Case> {
    let (user, organization, offers) = (&world.user, &world.organization, &world.offers);
    let create = |by: &Member, body: &Value| world.by(by, Method::POST, "/v1/opportunities").json(body);
    let replace = |by: &Member, id: &str, body: &Value| world.by(by, Method::PUT, &path(id, "")).json(body);
    let delete = |by: &Member, id: &str| world.by(by, Method::DELETE, &path(id, ""));
    let mut elsewhere = body();
    elsewhere["shift_times"] = json!([{"id": NOBODY, "begin": "2099-05-01T08:00:00Z", "end": "2099-05-01T12:00:00Z"}]);
    vec![
        case(CREATE, ORGANIZATION_REQUIRED, create(user, &body())),
        case(CREATE, (4003, 409, "Opportunity limit reached."), create(&offers.busy, &body())),
        case(CREATE, BAD_QUERY, create(organization, &json!({"name": "Only a name"}))),
        case(REPLACE, NOT_FOUND, replace(organization, &offers.foreign, &body())),
        case(REPLACE, ORGANIZATION_REQUIRED, replace(user, &offers.open, &body())),
        case(REPLACE, SHIFT_NOT_FOUND, replace(organization, &offers.open, &elsewhere)),
        case(REPLACE, BAD_QUERY, replace(organization, &offers.open, &json!({}))),
        case(DELETE, NOT_FOUND, delete(organization, &offers.foreign)),
        case(DELETE, ORGANIZATION_REQUIRED, delete(user, &offers.open)),
    ]
}

fn interest(world: &World) -> Vec<Case> {
    let (user, organization, offers) = (&world.user, &world.organization, &world.offers);
    let show = |by: &Member, id: &str, shift: &str| {
        world.by(by, Method::POST, &path(id, "/interest")).json(&json!({"shift": shift}))
    };
    let withdraw = |by: &Member, id: &str| world.by(by, Method::DELETE, &path(id, "/interest"));
    let bad: RequestBuilder = world.by(user, Method::DELETE, &path(&offers.open, "/interest?shift=1&shift=2"));
    vec![
        case(SHOW, NOT_FOUND, show(user, NOBODY, "")),
        case(SHOW, USER_REQUIRED, show(organization, &offers.open, "")),
        case(SHOW, SHIFT_NOT_FOUND, show(user, &offers.past, NOBODY)),
        case(SHOW, (4004, 400, "The shift is over."), show(user, &offers.past, &offers.over)),
        case(SHOW, (4005, 409, "Interest limit reached."), show(&offers.keen, &offers.open, "")),
        case(SHOW, BAD_QUERY, show(user, &offers.past, "")),
        case(WITHDRAW, NOT_FOUND, withdraw(user, NOBODY)),
        case(WITHDRAW, USER_REQUIRED, withdraw(organization, &offers.open)),
        case(WITHDRAW, (4003, 404, "Interest not found."), withdraw(user, &offers.open)),
        case(WITHDRAW, BAD_QUERY, bad),
    ]
}

/// Experiences that are said to come from an opportunity.
fn experiences(world: &World) -> Vec<Case> {
    let from = |opportunity: &str| {
        let organization = world.organization.id.clone();
        experience_body(&json!({"organization": organization, "opportunity": opportunity, "email_verify": false}))
    };
    let resolve = format!("/v1/experiences/resolve/{}", world.unasked);
    let mut cases = Vec::new();
    for (route, method, path) in [
        ("POST /v1/experiences", Method::POST, "/v1/experiences"),
        ("PUT /v1/experiences/resolve/{id}", Method::PUT, resolve.as_str()),
    ] {
        let write = |body: Value| world.by(&world.user, method.clone(), path).json(&body);
        cases.push(case(route, (4006, 404, "Opportunity not found."), write(from(NOBODY))));
        let another = (4007, 400, "Opportunity of another organization.");
        cases.push(case(route, another, write(from(&world.offers.foreign))));
    }
    cases
}

/// Those for people; nothing comes of them.
pub(super) fn authenticated() -> Vec<Harmless> {
    let mut routes = for_organizations();
    routes.extend([
        (SHOW, Method::POST, path(NOBODY, "/interest"), Some(json!({"shift": ""}))),
        (WITHDRAW, Method::DELETE, path(NOBODY, "/interest"), None),
        (CALENDAR, Method::GET, path(NOBODY, "/calendar.ics"), None),
    ]);
    routes
}

fn for_organizations() -> Vec<Harmless> {
    vec![
        (CREATE, Method::POST, "/v1/opportunities".to_owned(), Some(body())),
        (REPLACE, Method::PUT, path(NOBODY, ""), Some(body())),
        (DELETE, Method::DELETE, path(NOBODY, ""), None),
        (INTERESTED, Method::GET, path(NOBODY, "/interested"), None),
    ]
}

/// Each route, as it meets a fault of the opportunities.
pub(super) fn internal(world: &World) -> Vec<Internal> {
    let get = |route, path: String| (route, 4001, MESSAGE, world.anonymous(Method::GET, &path));
    let for_people = authenticated().into_iter().skip(for_organizations().len()).collect();
    let mut routes = faulty(world, &world.organization, for_organizations());
    routes.extend(faulty(world, &world.user, for_people));
    routes.extend([
        get(SEARCH, "/v1/opportunities".to_owned()),
        get(READ, path(NOBODY, "")),
        get(LIST, format!("/v1/accounts/{}/opportunities", world.organization.id)),
    ]);
    routes
}
