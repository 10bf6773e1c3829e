//! Connections, requests, blocks and search.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    super::{
        case::{Case, case},
        faults::{Internal, MESSAGE},
        world::{Member, NOBODY, World},
    },
    ACCOUNT_NOT_FOUND, BAD_QUERY, Harmless, faulty, with_bad_key,
};

const REQUEST: &str = "POST /v1/accounts/{id}/request_connection";
const ACCEPT: &str = "POST /v1/accounts/{id}/accept_connection";
const DECLINE: &str = "POST /v1/accounts/{id}/decline_connection";
const REMOVE: &str = "POST /v1/accounts/{id}/remove_connection";
const BLOCK: &str = "POST /v1/accounts/{id}/block";
const UNBLOCK: &str = "POST /v1/accounts/{id}/unblock";
const REQUESTS: &str = "GET /v1/connection-requests";
const CONNECTIONS: &str = "GET /v1/accounts/{id}/connections";
const SEARCH: &str = "GET /v1/search";

const USER_REQUIRED: (u64, u16, &str) = (4002, 400, "Incorrect account type, user account required.");
const REQUEST_NOT_FOUND: (u64, u16, &str) = (4002, 404, "Connection request not found.");
const LIMIT: &str = "Connection limit reached.";

pub(super) fn cases(world: &World) -> Vec<Case> {
    [requests(world), answers(world), blocks(world), lists(world), keys(world)].into_iter().flatten().collect()
}

/// An act on an account.
fn act(world: &World, by: &Member, act: &str, on: &str, body: &Value) -> RequestBuilder {
    world.by(by, Method::POST, &path(act, on)).json(body)
}

fn path(act: &str, on: &str) -> String {
    format!("/v1/accounts/{on}/{act}")
}

fn requests(world: &World) -> Vec<Case> {
    let neighbours = &world.neighbours;
    let ask =
        |row, whom: &str, body: Value| case(REQUEST, row, act(world, &world.user, "request_connection", whom, &body));
    let nothing = json!({});
    vec![
        ask(ACCOUNT_NOT_FOUND, NOBODY, nothing.clone()),
        ask((4002, 400, "Cannot connect with oneself."), &world.user.id, nothing.clone()),
        ask((4003, 409, "Connection already requested."), &neighbours.asked.id, nothing.clone()),
        ask((4004, 409, "Already connected."), &neighbours.friend.id, nothing.clone()),
        ask(
            (4005, 403, "Account takes no messages from unknown accounts."),
            &neighbours.shy.id,
            json!({"message": "Hello"}),
        ),
        ask((4006, 409, "Account is blocked."), &neighbours.blocked.id, nothing.clone()),
        ask((4007, 409, LIMIT), &neighbours.famous.id, nothing),
        ask(BAD_QUERY, &neighbours.shy.id, json!({"message": 7})),
    ]
}

fn answers(world: &World) -> Vec<Case> {
    let (user, neighbours) = (&world.user, &world.neighbours);
    let nothing = json!({});
    let mut cases = Vec::new();
    for (route, name) in [(ACCEPT, "accept_connection"), (DECLINE, "decline_connection")] {
        cases.push(case(route, ACCOUNT_NOT_FOUND, act(world, user, name, NOBODY, &nothing)));
        cases.push(case(route, REQUEST_NOT_FOUND, act(world, user, name, &neighbours.friend.id, &nothing)));
    }
    let crowded = act(world, &neighbours.famous, "accept_connection", &neighbours.friend.id, &nothing);
    cases.push(case(ACCEPT, (4003, 409, LIMIT), crowded));
    let remove = |row, whom: &str| case(REMOVE, row, act(world, user, "remove_connection", whom, &nothing));
    cases.push(remove(ACCOUNT_NOT_FOUND, NOBODY));
    cases.push(remove((4002, 404, "Connection not found."), &neighbours.shy.id));
    cases
}

fn blocks(world: &World) -> Vec<Case> {
    let (user, organization, neighbours) = (&world.user, &world.organization, &world.neighbours);
    let nothing = json!({});
    let block = |row, by: &Member, whom: &str| case(BLOCK, row, act(world, by, "block", whom, &nothing));
    let unblock = |row, by: &Member, whom: &str| case(UNBLOCK, row, act(world, by, "unblock", whom, &nothing));
    vec![
        block(ACCOUNT_NOT_FOUND, user, NOBODY),
        block(USER_REQUIRED, organization, &user.id),
        block((4003, 400, "Cannot block oneself."), user, &user.id),
        block((4004, 409, "Block limit reached."), &neighbours.famous, &neighbours.shy.id),
        unblock(ACCOUNT_NOT_FOUND, user, NOBODY),
        unblock(USER_REQUIRED, organization, &user.id),
    ]
}

fn lists(world: &World) -> Vec<Case> {
    let get = |path: &str| world.anonymous(Method::GET, path);
    let sideways = world.by(&world.user, Method::GET, "/v1/connection-requests?direction=sideways");
    let endless = format!("/v1/accounts/{}/connections?limit=0", world.user.id);
    vec![
        case(REQUESTS, BAD_QUERY, sideways),
        case(CONNECTIONS, ACCOUNT_NOT_FOUND, get(&format!("/v1/accounts/{NOBODY}/connections"))),
        case(CONNECTIONS, BAD_QUERY, get(&endless)),
        case(SEARCH, BAD_QUERY, get("/v1/search")),
        case(SEARCH, BAD_QUERY, get("/v1/search?q=uma&near=here")),
    ]
}

/// Those with nothing else that could be bad.
fn keys(world: &World) -> Vec<Case> {
    let names = [
        (ACCEPT, "accept_connection"),
        (DECLINE, "decline_connection"),
        (REMOVE, "remove_connection"),
        (BLOCK, "block"),
        (UNBLOCK, "unblock"),
    ];
    names.map(|(route, name)| case(route, BAD_QUERY, with_bad_key(world, &path(name, NOBODY)))).into()
}

pub(super) fn authenticated() -> Vec<Harmless> {
    let on_nobody = |name: &str| path(name, NOBODY);
    vec![
        (REQUEST, Method::POST, on_nobody("request_connection"), Some(json!({"message": ""}))),
        (ACCEPT, Method::POST, on_nobody("accept_connection"), None),
        (DECLINE, Method::POST, on_nobody("decline_connection"), None),
        (REMOVE, Method::POST, on_nobody("remove_connection"), None),
        (BLOCK, Method::POST, on_nobody("block"), None),
        (UNBLOCK, Method::POST, on_nobody("unblock"), None),
        (REQUESTS, Method::GET, "/v1/connection-requests".to_owned(), None),
    ]
}

/// Each route, as it meets a fault of the accounts.
pub(super) fn internal(world: &World) -> Vec<Internal> {
    let connections = world.anonymous(Method::GET, &path("connections", &world.user.id));
    let search = world.anonymous(Method::GET, "/v1/search?q=uma");
    let mut routes = faulty(world, &world.user, authenticated());
    routes.extend([(CONNECTIONS, 4001, MESSAGE, connections), (SEARCH, 4001, MESSAGE, search)]);
    routes
}
