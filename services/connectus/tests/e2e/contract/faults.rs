//! The errors that take a fault: a damaged or stopped database, and revocations that cannot be learnt of.

use std::collections::BTreeSet;

use connectus_testkit::{Api, Database, Server, eventually};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    additions,
    case::{Case, Row, case, check_all, page},
    healthy::authenticated,
    network,
    world::{PASSWORD, World, experience_body, user_body},
};
use crate::topology::until_ready;

/// A route, the number and message of its internal error (0 and nothing for a page), and a request that meets it.
pub(super) type Internal = (&'static str, u64, &'static str, RequestBuilder);

pub(super) const MESSAGE: &str = "Internal server error.";

/// What a damaged database causes: each part of it is damaged for its own requests.
pub(super) async fn damaged(world: &World, database: &Database) -> BTreeSet<Row> {
    let damages: [(&[&str], Vec<Case>); 9] = [
        (&["auth.accounts"], at_fault(500, auth(world))),
        (&["auth.sessions", "auth.security_events"], at_fault(500, additions::of_sessions(world))),
        (&["account.accounts"], at_fault(500, account(world))),
        (&["account.accounts"], at_fault(500, network::of_account(world))),
        (&["experience.experiences"], at_fault(500, experience(world))),
        (&["experience.opportunities"], at_fault(500, network::of_experience(world))),
        (&["social.posts", "social.notifications", "social.boxes"], at_fault(500, network::of_social(world))),
        (&["community.communities"], at_fault(500, network::of_community(world))),
        (&["social.idempotency_keys"], at_fault(500, vec![network::unsubscribe(world)])),
    ];
    let mut rows = BTreeSet::new();
    for (tables, cases) in damages {
        for table in tables {
            let (_, name) = table.split_once('.').unwrap();
            database.execute(&format!("ALTER TABLE {table} RENAME TO hidden_{name}")).await;
        }
        rows.extend(check_all(cases).await);
        for table in tables {
            let (schema, name) = table.split_once('.').unwrap();
            database.execute(&format!("ALTER TABLE {schema}.hidden_{name} RENAME TO {name}")).await;
        }
    }
    rows.extend(unqueued(world, database).await);
    until_ready(&world.api).await;
    rows
}

/// What it causes that no message can be queued.
async fn unqueued(world: &World, database: &Database) -> BTreeSet<Row> {
    for schema in ["auth", "experience"] {
        database.execute(&format!("REVOKE INSERT ON {schema}.outbox FROM connectus_{schema}")).await;
    }
    let rows = check_all(outbox(world)).await;
    for schema in ["auth", "experience"] {
        database.execute(&format!("GRANT INSERT ON {schema}.outbox TO connectus_{schema}")).await;
    }
    rows
}

/// What a stopped database causes; and that the suite is itself again once the database is back.
pub(super) async fn stopped(world: &World, server: &mut Server) -> BTreeSet<Row> {
    server.stop().await;
    let others = vec![forgotten(world), additions::resend(world), network::unsubscribe(world)];
    let of_network = [
        network::of_account(world),
        network::of_experience(world),
        network::of_social(world),
        network::of_community(world),
    ];
    let of_network = of_network.into_iter().flatten().collect();
    let groups = [auth(world), additions::of_sessions(world), account(world), experience(world), of_network, others];
    let rows = check_all(at_fault(503, groups.into_iter().flatten().collect())).await;
    server.resume().await;
    until_ready(&world.api).await;
    let account = world.by(&world.user, Method::GET, "/v1/account").send().await.unwrap();
    assert_eq!(account.status(), 200);
    rows
}

/// What a suite answers that has not learnt of revocations for too long.
pub(super) async fn access_unknown(api: &Api, world: &World, database: &Database) -> BTreeSet<Row> {
    let request = |method: Method, path: &str| api.request(method, path).header("x-access-token", &world.user.token);
    database.execute("ALTER TABLE auth.access_changes RENAME TO hidden").await;
    // Each service notices for itself.
    for path in ["/v1/account", "/v1/experiences", "/v1/notifications", "/v1/communities", "/v1/auth/sessions"] {
        eventually("tokens are not accepted any more", async || {
            let answer = request(Method::GET, path).send().await.unwrap();
            (answer.status() == 500).then_some(())
        })
        .await;
    }
    let cases = authenticated(world).into_iter().map(|(route, method, path, body)| {
        let request = body.iter().fold(request(method, &path), RequestBuilder::json);
        case(route, (3002, 500, "Internal server error when finding account."), request)
    });
    let rows = check_all(cases.collect()).await;
    database.execute("ALTER TABLE auth.hidden RENAME TO access_changes").await;
    rows
}

fn at_fault(http: u16, requests: Vec<Internal>) -> Vec<Case> {
    let cases = requests.into_iter().map(|(route, code, message, request)| match code {
        0 => page(route, if http == 503 { 503 } else { 500 }, request),
        code => case(route, (code, http, message), request),
    });
    cases.collect()
}

fn auth(world: &World) -> Vec<Internal> {
    let post = |path: &str, body: &Value| world.anonymous(Method::POST, path).json(body);
    let login = post("/v1/auth/login", &json!({"id": world.user.email, "password": PASSWORD}));
    let register = post("/v1/auth/register", &user_body("late@example.org"));
    let reset = post("/v1/auth/reset-password", &json!({"token": world.reset, "password": PASSWORD}));
    let verify = world.anonymous(Method::GET, &format!("/v1/auth/verify-email/{}", world.verification));
    let documented = vec![
        ("POST /v1/auth/login", 3100, MESSAGE, login),
        ("POST /v1/auth/register", 3203, "Internal server error registering the account.", register),
        ("POST /v1/auth/reset-password", 4000, MESSAGE, reset),
        ("GET /v1/auth/verify-email/{token}", 0, "", verify),
    ];
    documented.into_iter().chain(additions::of_accounts(world)).collect()
}

fn account(world: &World) -> Vec<Internal> {
    let user = &world.user;
    let get = |path: &str| world.anonymous(Method::GET, path);
    let own = |method: Method, path: &str| world.by(user, method, path);
    let account = format!("/v1/accounts/{}", user.id);
    let profile = format!("/v1/accounts/{}/profile", user.id);
    vec![
        ("GET /v1/accounts/{id}", 4001, MESSAGE, get(&account)),
        ("GET /v1/accounts/{id}/profile", 4001, MESSAGE, get(&profile)),
        ("GET /v1/account", 4001, MESSAGE, own(Method::GET, "/v1/account")),
        ("GET /v1/settings", 4001, MESSAGE, own(Method::GET, "/v1/settings")),
        ("GET /v1/profile", 4001, MESSAGE, own(Method::GET, "/v1/profile")),
        (
            "PATCH /v1/settings",
            4001,
            MESSAGE,
            own(Method::PATCH, "/v1/settings").json(&json!({"email_notifications": true})),
        ),
        ("PATCH /v1/profile", 4001, MESSAGE, own(Method::PATCH, "/v1/profile").json(&json!({"quote": "Onward"}))),
        additions::of_account(world),
    ]
}

fn experience(world: &World) -> Vec<Internal> {
    let (user, organization) = (&world.user, &world.organization);
    let body = experience_body(&json!({"email_verify": false}));
    let list = format!("/v1/accounts/{}/experiences", user.id);
    let resolve = format!("/v1/experiences/resolve/{}", world.unasked);
    let decide = format!("/v1/experiences/validations/{}/{}", user.id, world.on_site);
    let approve = format!("/v1/experiences/email-approve/{}", world.approval);
    let yes = json!({"approve": true});
    vec![
        ("GET /v1/accounts/{id}/experiences", 4001, MESSAGE, world.anonymous(Method::GET, &list)),
        ("GET /v1/experiences", 4001, MESSAGE, world.by(user, Method::GET, "/v1/experiences")),
        ("POST /v1/experiences", 4001, MESSAGE, world.by(user, Method::POST, "/v1/experiences").json(&body)),
        ("PUT /v1/experiences/resolve/{id}", 4001, MESSAGE, world.by(user, Method::PUT, &resolve).json(&body)),
        ("DELETE /v1/experiences/resolve/{id}", 4001, MESSAGE, world.by(user, Method::DELETE, &resolve)),
        (
            "GET /v1/experiences/validations",
            4001,
            MESSAGE,
            world.by(organization, Method::GET, "/v1/experiences/validations"),
        ),
        (
            "POST /v1/experiences/validations/{userid}/{id}",
            4001,
            MESSAGE,
            world.by(organization, Method::POST, &decide).json(&yes),
        ),
        ("GET /v1/experiences/email-approve/{token}", 0, "", world.anonymous(Method::GET, &approve)),
        ("POST /v1/experiences/email-approve/{token}", 0, "", world.anonymous(Method::POST, &approve).json(&yes)),
    ]
}

fn forgotten(world: &World) -> Internal {
    let request = world.anonymous(Method::POST, "/v1/request-password-reset").json(&json!({"email": world.user.email}));
    ("POST /v1/request-password-reset", 4001, MESSAGE, request)
}

/// What queues a message.
fn outbox(world: &World) -> Vec<Case> {
    let not_sent = (4003, 500, "Issue sending verification email.");
    let register = world.anonymous(Method::POST, "/v1/auth/register").json(&user_body("late@example.org"));
    let body = experience_body(&json!({"organization": "boss@example.org", "email_verify": true}));
    let create = world.by(&world.user, Method::POST, "/v1/experiences").json(&body);
    let resolve = format!("/v1/experiences/resolve/{}", world.by_mail);
    let replace = world.by(&world.user, Method::PUT, &resolve).json(&body);
    let register_row = (3204, 500, "Internal server error sending the verification email.");
    let mut cases = vec![
        case("POST /v1/auth/register", register_row, register),
        case("POST /v1/experiences", not_sent, create),
        case("PUT /v1/experiences/resolve/{id}", not_sent, replace),
    ];
    cases.extend(additions::not_mailed(world));
    cases.extend(at_fault(500, vec![forgotten(world), additions::resend(world)]));
    cases
}
