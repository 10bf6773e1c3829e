//! The errors that a suite in good health answers.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    additions,
    case::{Case, case, page},
    network,
    world::{Member, NOBODY, PASSWORD, World, experience_body, organization_body, user_body},
};

const ACCOUNT_NOT_FOUND: (u64, u16, &str) = (4000, 404, "Account not found.");
const BAD_QUERY: (u64, u16, &str) = (4050, 400, "Bad query format.");
const USER_REQUIRED: (u64, u16, &str) = (4000, 400, "Incorrect account type, user account required.");
const ORGANIZATION_REQUIRED: (u64, u16, &str) = (4000, 400, "Incorrect account type, organization account required.");
const USER_NOT_FOUND: (u64, u16, &str) = (4002, 404, "User not found, is this the correct account type?");
const EXPERIENCE_NOT_FOUND: (u64, u16, &str) = (4002, 404, "Experience not found with supplied ID.");
pub(super) const DECIDE_BY_MAIL: &str = "POST /v1/experiences/email-approve/{token}";

/// Every such row, with a request for it.
pub(super) fn cases(world: &World) -> Vec<Case> {
    let groups = [auth(world), accounts(world), own(world), experiences(world), validations(world), pages(world)];
    groups.into_iter().flatten().chain(tokens(world)).chain(bodies(world)).collect()
}

impl World {
    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.anonymous(Method::POST, path).json(body)
    }

    fn post_by(&self, member: &Member, path: &str, body: &Value) -> RequestBuilder {
        self.by(member, Method::POST, path).json(body)
    }

    fn get_by(&self, member: &Member, path: &str) -> RequestBuilder {
        self.by(member, Method::GET, path)
    }
}

fn auth(world: &World) -> Vec<Case> {
    let login = |row, body: Value| case("POST /v1/auth/login", row, world.post("/v1/auth/login", &body));
    let register = |row, body: Value| case("POST /v1/auth/register", row, world.post("/v1/auth/register", &body));
    let reset =
        |row, body: Value| case("POST /v1/auth/reset-password", row, world.post("/v1/auth/reset-password", &body));
    let mut robot = user_body("robot@example.org");
    robot["type"] = "robot".into();
    let torn = world.anonymous(Method::POST, "/v1/auth/register").header("content-type", "application/json").body("{");
    let mut weak = organization_body("weak@example.org");
    weak["password"] = "password".into();
    let forgotten = world.post("/v1/request-password-reset", &json!({"email": "nonsense"}));
    vec![
        login((3101, 400, "Invalid login."), json!({"id": world.user.email, "password": "wrong password"})),
        login((3101, 400, "Invalid login."), json!({"id": "nobody@example.org", "password": PASSWORD})),
        login((3102, 400, "Email not verified."), json!({"id": world.newcomer, "password": PASSWORD})),
        login(BAD_QUERY, json!({"id": world.user.email})),
        register((3200, 500, "Invalid account type."), robot),
        register((3201, 400, "Username already taken."), user_body(&world.user.email.to_uppercase())),
        case("POST /v1/auth/register", (3205, 500, "There was a problem reading the request."), torn),
        register(BAD_QUERY, weak),
        reset((4001, 400, "Invalid token."), json!({"token": "nonsense", "password": PASSWORD})),
        reset((4002, 400, "User not found."), json!({"token": world.vanished_reset, "password": PASSWORD})),
        reset(BAD_QUERY, json!({"token": world.reset, "password": "short"})),
        case("POST /v1/request-password-reset", (4050, 400, "Bad request."), forgotten),
    ]
}

fn accounts(world: &World) -> Vec<Case> {
    let get = |path: &str| world.anonymous(Method::GET, path);
    let (account, profile) = (format!("/v1/accounts/{NOBODY}"), format!("/v1/accounts/{NOBODY}/profile"));
    let of_organization = format!("/v1/accounts/{}/experiences", world.organization.id);
    let of_user = format!("/v1/accounts/{}/experiences?limit=0", world.user.id);
    vec![
        case("GET /v1/accounts/{id}", ACCOUNT_NOT_FOUND, get(&account)),
        case("GET /v1/accounts/{id}/profile", ACCOUNT_NOT_FOUND, get(&profile)),
        case("GET /v1/accounts/{id}/experiences", USER_NOT_FOUND, get(&of_organization)),
        case("GET /v1/accounts/{id}/experiences", BAD_QUERY, get(&of_user)),
    ]
}

fn own(world: &World) -> Vec<Case> {
    let mut cases = Vec::new();
    for path in ["/v1/account", "/v1/settings", "/v1/profile"] {
        cases.push(case(&format!("GET {path}"), ACCOUNT_NOT_FOUND, world.get_by(&world.vanished, path)));
    }
    for (path, good, bad) in [
        ("/v1/settings", json!({"email_notifications": true}), json!({"email_notifications": "maybe"})),
        ("/v1/profile", json!({"quote": "Onward"}), json!({"quote": 7})),
    ] {
        let patch = |member, body| world.by(member, Method::PATCH, path).json(body);
        cases.push(case(&format!("PATCH {path}"), ACCOUNT_NOT_FOUND, patch(&world.vanished, &good)));
        cases.push(case(&format!("PATCH {path}"), BAD_QUERY, patch(&world.user, &bad)));
    }
    cases
}

fn experiences(world: &World) -> Vec<Case> {
    const LIST: &str = "GET /v1/experiences";
    const CREATE: &str = "POST /v1/experiences";
    let unknown = experience_body(&json!({"organization": NOBODY, "email_verify": false}));
    let good = experience_body(&json!({"email_verify": false}));
    let incomplete = experience_body(&json!({}));
    let create = |member, body| world.post_by(member, "/v1/experiences", body);
    let mut cases = vec![
        case(LIST, USER_REQUIRED, world.get_by(&world.organization, "/v1/experiences")),
        case(LIST, USER_NOT_FOUND, world.get_by(&world.vanished, "/v1/experiences")),
        case(LIST, BAD_QUERY, world.get_by(&world.user, "/v1/experiences?limit=201")),
        case(CREATE, USER_REQUIRED, create(&world.organization, &good)),
        case(CREATE, (4002, 404, "Organization not found."), create(&world.user, &unknown)),
        case(CREATE, BAD_QUERY, create(&world.user, &incomplete)),
    ];
    cases.extend(resolve(world, &good, &unknown));
    cases
}

fn resolve(world: &World, good: &Value, unknown: &Value) -> Vec<Case> {
    const REPLACE: &str = "PUT /v1/experiences/resolve/{id}";
    const DELETE: &str = "DELETE /v1/experiences/resolve/{id}";
    let own = format!("/v1/experiences/resolve/{}", world.unasked);
    let nothing = format!("/v1/experiences/resolve/{NOBODY}");
    let replace = |member, path: &str, body| world.by(member, Method::PUT, path).json(body);
    let delete = |member, path: &str| world.by(member, Method::DELETE, path);
    vec![
        case(REPLACE, USER_REQUIRED, replace(&world.organization, &own, good)),
        case(REPLACE, EXPERIENCE_NOT_FOUND, replace(&world.user, &nothing, good)),
        case(REPLACE, (4005, 404, "Organization not found."), replace(&world.user, &own, unknown)),
        case(REPLACE, BAD_QUERY, replace(&world.user, &own, &json!({"name": "Only a name"}))),
        case(DELETE, USER_REQUIRED, delete(&world.organization, &own)),
        case(DELETE, EXPERIENCE_NOT_FOUND, delete(&world.user, &nothing)),
    ]
}

fn validations(world: &World) -> Vec<Case> {
    const LIST: &str = "GET /v1/experiences/validations";
    const DECIDE: &str = "POST /v1/experiences/validations/{userid}/{id}";
    let decide = |row, member, user: &str, experience: &str, body: Value| {
        let path = format!("/v1/experiences/validations/{user}/{experience}");
        case(DECIDE, row, world.post_by(member, &path, &body))
    };
    let (user, organization, approve) = (&world.user, &world.organization, json!({"approve": true}));
    let none_pending = (4002, 404, "Experience validation request not found.");
    let user_not_found = (4003, 400, "User not found.");
    let not_theirs = (4004, 400, "Experience not found in user object.");
    vec![
        case(LIST, ORGANIZATION_REQUIRED, world.get_by(user, "/v1/experiences/validations")),
        case(LIST, BAD_QUERY, world.get_by(organization, "/v1/experiences/validations?cursor=nonsense")),
        decide(ORGANIZATION_REQUIRED, user, &user.id, &world.on_site, approve.clone()),
        decide(none_pending, organization, &user.id, &world.unasked, approve.clone()),
        decide(user_not_found, organization, &organization.id, &world.on_site, approve.clone()),
        decide(not_theirs, organization, &world.unverified.id, &world.on_site, approve),
        // What is wrong with the body is said first, and what is wrong with the caller next.
        decide(BAD_QUERY, user, NOBODY, NOBODY, json!({"approve": "perhaps"})),
        decide(ORGANIZATION_REQUIRED, user, NOBODY, NOBODY, json!({"approve": false})),
        decide(user_not_found, organization, NOBODY, NOBODY, json!({"approve": false})),
    ]
}

fn pages(world: &World) -> Vec<Case> {
    const VERIFY: &str = "GET /v1/auth/verify-email/{token}";
    const SHOW: &str = "GET /v1/experiences/email-approve/{token}";
    let get = |path: &str| world.anonymous(Method::GET, path);
    let decide = |token: &str, body: Value| world.post(&format!("/v1/experiences/email-approve/{token}"), &body);
    vec![
        page(VERIFY, 404, get("/v1/auth/verify-email/nonsense")),
        page(VERIFY, 404, get(&format!("/v1/auth/verify-email/{}", world.vanished_verification))),
        page(SHOW, 404, get("/v1/experiences/email-approve/nonsense")),
        page(SHOW, 404, get(&format!("/v1/experiences/email-approve/{}", world.vanished_approval))),
        page(DECIDE_BY_MAIL, 404, decide("nonsense", json!({"approve": true}))),
        page(DECIDE_BY_MAIL, 400, decide(&world.approval, json!({"approve": "perhaps"}))),
    ]
}

/// Every route that needs a token, with a path and a body that are good.
pub(super) fn authenticated(world: &World) -> Vec<(&'static str, Method, String, Option<Value>)> {
    let experience = experience_body(&json!({"email_verify": false}));
    let resolve = format!("/v1/experiences/resolve/{}", world.unasked);
    let decide = format!("/v1/experiences/validations/{}/{}", world.user.id, world.on_site);
    let own = |path: &str| path.to_owned();
    let mut routes = vec![
        ("GET /v1/account", Method::GET, own("/v1/account"), None),
        ("GET /v1/settings", Method::GET, own("/v1/settings"), None),
        ("GET /v1/profile", Method::GET, own("/v1/profile"), None),
        ("PATCH /v1/settings", Method::PATCH, own("/v1/settings"), Some(json!({"email_notifications": true}))),
        ("PATCH /v1/profile", Method::PATCH, own("/v1/profile"), Some(json!({"quote": "Onward"}))),
        ("GET /v1/experiences", Method::GET, own("/v1/experiences"), None),
        ("POST /v1/experiences", Method::POST, own("/v1/experiences"), Some(experience.clone())),
        ("PUT /v1/experiences/resolve/{id}", Method::PUT, resolve.clone(), Some(experience)),
        ("DELETE /v1/experiences/resolve/{id}", Method::DELETE, resolve, None),
        ("GET /v1/experiences/validations", Method::GET, own("/v1/experiences/validations"), None),
        ("POST /v1/experiences/validations/{userid}/{id}", Method::POST, decide, Some(json!({"approve": true}))),
    ];
    routes.extend(additions::authenticated());
    routes.extend(network::authenticated());
    routes
}

fn tokens(world: &World) -> Vec<Case> {
    let mut cases = Vec::new();
    for (route, method, path, body) in authenticated(world) {
        let request = || {
            let request = world.anonymous(method.clone(), &path);
            body.iter().fold(request, RequestBuilder::json)
        };
        let with = |token: &str| request().header("x-access-token", token);
        cases.push(case(route, (3000, 401, "No token provided."), request()));
        cases.push(case(route, (3000, 401, "No token provided."), with("")));
        cases.push(case(route, (3001, 401, "Failed to authenticate token."), with("nonsense")));
        // A token for another purpose is no access token.
        cases.push(case(route, (3001, 401, "Failed to authenticate token."), with(&world.reset)));
        cases.push(case(route, (3003, 401, "Email not verified."), with(&world.unverified.token)));
    }
    cases
}

/// Every route with a body, refused for a body that is too large, or of an unknown kind.
fn bodies(world: &World) -> Vec<Case> {
    let open = [
        ("POST /v1/auth/login", Method::POST, "/v1/auth/login"),
        ("POST /v1/auth/register", Method::POST, "/v1/auth/register"),
        ("POST /v1/auth/reset-password", Method::POST, "/v1/auth/reset-password"),
        ("POST /v1/request-password-reset", Method::POST, "/v1/request-password-reset"),
        ("POST /v1/auth/resend-verification", Method::POST, "/v1/auth/resend-verification"),
        ("POST /v1/auth/undo-email-change", Method::POST, "/v1/auth/undo-email-change"),
    ];
    let open = open.map(|(route, method, path)| (route, method, path.to_owned()));
    let closed = authenticated(world).into_iter().filter(|(.., body)| body.is_some());
    let routes = open.into_iter().chain(closed.map(|(route, method, path, _)| (route, method, path)));
    let mut cases: Vec<Case> = routes
        .flat_map(|(route, method, path)| {
            let request = |kind: &str, size| {
                let request = world.by(&world.user, method.clone(), &path).header("content-type", kind);
                request.body(vec![b' '; size])
            };
            [
                case(route, (4130, 413, "The body is too large."), request("application/json", 1024 * 1024 + 1)),
                case(route, (4150, 415, "Unsupported content type."), request("text/csv", 1)),
            ]
        })
        .collect();
    let decide = |kind: &str, size| {
        let path = format!("/v1/experiences/email-approve/{}", world.approval);
        world.anonymous(Method::POST, &path).header("content-type", kind).body(vec![b' '; size])
    };
    cases.push(page(DECIDE_BY_MAIL, 413, decide("application/json", 1024 * 1024 + 1)));
    cases.push(page(DECIDE_BY_MAIL, 415, decide("text/csv", 1)));
    cases
}
