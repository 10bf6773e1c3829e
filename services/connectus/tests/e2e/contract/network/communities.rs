//! Communities: what organizations gather about their people.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    super::{
        case::{Case, case},
        faults::Internal,
        world::{Member, NOBODY, World},
    },
    BAD_QUERY, Harmless, faulty, with_bad_key,
};

const CREATE: &str = "POST /v1/communities";
const LIST: &str = "GET /v1/communities";
const REVOKE: &str = "DELETE /v1/communities/{id}/tokens/{jti}";
const UNDO: &str = "POST /v1/communities/{id}/merges/{merge}/undo";
const LINK: &str = "POST /v1/communities/{id}/link";
const TOKENS: &str = "POST /v1/communities/{id}/tokens";

/// What is read of a community, with what is below its path, and deleted.
const PLAIN: [(&str, Method, &str); 4] = [
    ("GET /v1/communities/{id}", Method::GET, ""),
    ("DELETE /v1/communities/{id}", Method::DELETE, ""),
    ("DELETE /v1/communities/{id}/link", Method::DELETE, "/link"),
    ("GET /v1/communities/{id}/tokens", Method::GET, "/tokens"),
];
/// What is read of it page by page.
const PAGES: [(&str, &str); 4] = [
    ("GET /v1/communities/{id}/members", "/members"),
    ("GET /v1/communities/{id}/activities", "/activities"),
    ("GET /v1/communities/{id}/merges", "/merges"),
    ("GET /v1/communities/{id}/anonymizations", "/anonymizations"),
];

const NOT_FOUND: (u64, u16, &str) = (4000, 404, "Community not found.");
const ORGANIZATION_REQUIRED: (u64, u16, &str) = (4002, 400, "Incorrect account type, organization account required.");
const NAME_TAKEN: (u64, u16, &str) = (4003, 409, "Name already taken.");

/// What a community's data is made of: the route, what is below the community's path, a body, and what the limit is called.
fn parts() -> [(&'static str, &'static str, Value, &'static str); 4] {
    [
        ("POST /v1/communities/{id}/sources", "/sources", json!({"name": "1"}), "Source limit reached."),
        (
            "POST /v1/communities/{id}/custom-fields",
            "/custom-fields",
            json!({"name": "1", "type": "url"}),
            "Custom field limit reached.",
        ),
        ("POST /v1/communities/{id}/segments", "/segments", json!({"name": "1"}), "Segment limit reached."),
        (
            "POST /v1/communities/{id}/activity-types",
            "/activity-types",
            json!({"id": "1", "displayName": "1"}),
            "Activity type limit reached.",
        ),
    ]
}

fn path(id: &str, below: &str) -> String {
    format!("/v1/communities/{id}{below}")
}

pub(super) fn cases(world: &World) -> Vec<Case> {
    [communities(world), all(world), made(world), lists(world)].into_iter().flatten().collect()
}

fn communities(world: &World) -> Vec<Case> {
    let (user, organization, gatherings) = (&world.user, &world.organization, &world.gatherings);
    let create = |by: &Member, body: Value| world.by(by, Method::POST, "/v1/communities").json(&body);
    let token = |by: &Member, id: &str, body: Value| world.by(by, Method::POST, &path(id, "/tokens")).json(&body);
    let named = || json!({"name": "Friends"});
    let revoke = world.by(organization, Method::DELETE, &path(&gatherings.own, &format!("/tokens/{NOBODY}")));
    let link_full = world.by(&gatherings.busy, Method::POST, &path(&gatherings.full, "/link"));
    let undo = path(&gatherings.own, &format!("/merges/{NOBODY}/undo"));
    vec![
        case(CREATE, ORGANIZATION_REQUIRED, create(user, named())),
        case(CREATE, (4003, 409, "Community limit reached."), create(&gatherings.busy, named())),
        case(CREATE, BAD_QUERY, create(organization, json!({}))),
        case(LIST, ORGANIZATION_REQUIRED, world.by(user, Method::GET, "/v1/communities")),
        case(TOKENS, (4003, 409, "Token limit reached."), token(&gatherings.busy, &gatherings.full, named())),
        case(TOKENS, BAD_QUERY, token(organization, &gatherings.own, json!({"name": ""}))),
        case(REVOKE, (4003, 404, "Token not found."), revoke),
        case(UNDO, (4003, 404, "Merge not found."), world.by(organization, Method::POST, &undo)),
        case(LINK, NAME_TAKEN, world.by(organization, Method::POST, &path(&gatherings.own, "/link"))),
        case(LINK, (4004, 409, "Source limit reached."), link_full),
        case(LINK, BAD_QUERY, with_bad_key(world, &path(&gatherings.own, "/link"))),
        case(UNDO, BAD_QUERY, with_bad_key(world, &undo)),
    ]
}

/// What every route about a community answers to a person, and about another organization's.
fn all(world: &World) -> Vec<Case> {
    let mut cases = Vec::new();
    for (by, id, row) in [
        (&world.user, &world.gatherings.own, ORGANIZATION_REQUIRED),
        (&world.organization, &world.gatherings.full, NOT_FOUND),
    ] {
        for (route, method, below, body) in about() {
            let request = world.by(by, method, &path(id, &below));
            cases.push(case(route, row, body.iter().fold(request, reqwest::RequestBuilder::json)));
        }
    }
    cases
}

fn made(world: &World) -> Vec<Case> {
    let gatherings = &world.gatherings;
    let make =
        |by: &Member, id: &str, below: &str, body: &Value| world.by(by, Method::POST, &path(id, below)).json(body);
    let mut cases = Vec::new();
    for (route, below, body, limit) in parts() {
        cases.push(case(route, NAME_TAKEN, make(&world.organization, &gatherings.own, below, &body)));
        cases.push(case(route, (4004, 409, limit), make(&gatherings.busy, &gatherings.full, below, &body)));
        cases.push(case(route, BAD_QUERY, make(&world.organization, &gatherings.own, below, &json!({}))));
    }
    cases
}

fn lists(world: &World) -> Vec<Case> {
    let get = |query: &str| world.by(&world.organization, Method::GET, &path(&world.gatherings.own, query));
    let mut cases: Vec<Case> =
        PAGES.iter().map(|(route, below)| case(route, BAD_QUERY, get(&format!("{below}?limit=0")))).collect();
    cases.push(case(PAGES[0].0, BAD_QUERY, get("/members?segment=first")));
    cases.push(case(PAGES[1].0, BAD_QUERY, get("/activities?type=A")));
    cases
}

/// Every route about a community, with what is below its path.
fn about() -> Vec<Harmless> {
    let mut routes: Vec<Harmless> = vec![
        (LINK, Method::POST, "/link".to_owned(), None),
        (TOKENS, Method::POST, "/tokens".to_owned(), Some(json!({"name": "Forum"}))),
        (REVOKE, Method::DELETE, format!("/tokens/{NOBODY}"), None),
        (UNDO, Method::POST, format!("/merges/{NOBODY}/undo"), None),
    ];
    routes.extend(PLAIN.map(|(route, method, below)| (route, method, below.to_owned(), None)));
    routes.extend(PAGES.map(|(route, below)| (route, Method::GET, below.to_owned(), None)));
    routes.extend(parts().map(|(route, below, body, _)| (route, Method::POST, below.to_owned(), Some(body))));
    routes
}

pub(super) fn authenticated() -> Vec<Harmless> {
    let mut routes: Vec<Harmless> = vec![
        (CREATE, Method::POST, "/v1/communities".to_owned(), Some(json!({"name": "Friends"}))),
        (LIST, Method::GET, "/v1/communities".to_owned(), None),
    ];
    routes.extend(about().into_iter().map(|(route, method, below, body)| (route, method, path(NOBODY, &below), body)));
    routes
}

/// Each route, as it meets a fault of the communities.
pub(super) fn internal(world: &World) -> Vec<Internal> {
    faulty(world, &world.organization, authenticated())
}
