//! The errors that an idempotency key brings about, on every route that takes one.

use std::collections::BTreeSet;

use connectus_testkit::{Answer, Database};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    additions::{CONFIRM_PAGE, UNDO_PAGE},
    case::{Case, Row, case, check_all, page},
    healthy::{DECIDE_BY_MAIL, authenticated},
    network::UNSUBSCRIBE_PAGE,
    world::{World, user_body},
};

const IN_USE: (u64, u16, &str) = (4090, 409, "The first request with this idempotency key is still being worked on.");
const REUSED: (u64, u16, &str) = (4220, 422, "This idempotency key was used with another request.");

/// The services that are asked to do something.
const SCHEMAS: [&str; 5] = ["auth", "account", "experience", "social", "community"];

/// Walks them: a first call that left its key claimed, as one does that is under way or whose service was killed, and then
/// was another request.
pub(super) async fn walk(world: &World, database: &Database) -> BTreeSet<Row> {
    leave_claims(world, database).await;
    let mut rows = check_all(cases(world, IN_USE)).await;
    for schema in SCHEMAS {
        database.execute(&format!("UPDATE {schema}.idempotency_keys SET fingerprint = ''")).await;
    }
    rows.extend(check_all(cases(world, REUSED)).await);
    rows
}

/// Calls every route once. Nobody is logged out: sessions are out of order meanwhile, and no key can be given up.
async fn leave_claims(world: &World, database: &Database) {
    database.execute("ALTER TABLE auth.sessions RENAME TO hidden").await;
    for schema in SCHEMAS {
        database.execute(&format!("REVOKE DELETE ON {schema}.idempotency_keys FROM connectus_{schema}")).await;
    }
    for (_, _, request) in requests(world) {
        Answer::of(request).await;
    }
    for schema in SCHEMAS {
        let claim = "SET answer = NULL, expires_at = now() + interval '10 minutes'";
        database.execute(&format!("UPDATE {schema}.idempotency_keys {claim}")).await;
        database.execute(&format!("GRANT DELETE ON {schema}.idempotency_keys TO connectus_{schema}")).await;
    }
    database.execute("ALTER TABLE auth.hidden RENAME TO sessions").await;
}

fn cases(world: &World, row: (u64, u16, &str)) -> Vec<Case> {
    let case = |(route, is_page, request): (&str, bool, RequestBuilder)| {
        if is_page { page(route, row.1, request) } else { case(route, row, request) }
    };
    requests(world).into_iter().map(case).collect()
}

/// A request with a key to every route that takes one, and whether it answers pages.
fn requests(world: &World) -> Vec<(&'static str, bool, RequestBuilder)> {
    let with_key = |request: RequestBuilder| request.header("idempotency-key", "the-same-one");
    let post = |path: &str, body: Value| with_key(world.anonymous(Method::POST, path).json(&body));
    let open = [
        ("POST /v1/auth/login", "/v1/auth/login", json!({"id": world.user.email, "password": "x"})),
        ("POST /v1/auth/register", "/v1/auth/register", user_body("keyed@example.org")),
        (
            "POST /v1/auth/reset-password",
            "/v1/auth/reset-password",
            json!({"token": "x", "password": "a new password"}),
        ),
        ("POST /v1/request-password-reset", "/v1/request-password-reset", json!({"email": "some@example.org"})),
        ("POST /v1/auth/resend-verification", "/v1/auth/resend-verification", json!({"email": "some@example.org"})),
        ("POST /v1/auth/undo-email-change", "/v1/auth/undo-email-change", json!({"token": "x"})),
    ];
    let mut requests: Vec<_> = open.map(|(route, path, body)| (route, false, post(path, body))).into();
    let of_pages = [
        (CONFIRM_PAGE, "/v1/auth/confirm-email-change/x"),
        (UNDO_PAGE, "/v1/auth/undo-email-change/x"),
        (DECIDE_BY_MAIL, "/v1/experiences/email-approve/x"),
        (UNSUBSCRIBE_PAGE, "/v1/notifications/unsubscribe/x"),
    ];
    requests.extend(of_pages.map(|(route, path)| (route, true, post(path, json!({"approve": true})))));
    let closed = authenticated(world).into_iter().filter(|(_, method, ..)| *method == Method::POST);
    requests.extend(closed.map(|(route, method, path, body)| {
        let is_decision = path.contains("validations");
        let member = if is_decision { &world.organization } else { &world.user };
        // Nothing of it is to be done: the password is not theirs, and what is decided is not there.
        let path = if is_decision { path.replace(&world.on_site, &world.unasked) } else { path };
        let body = body.map(|mut body| {
            if body.get("password").is_some() {
                body["password"] = "not the password".into();
            }
            body
        });
        let request = with_key(world.by(member, method, &path));
        (route, false, body.iter().fold(request, RequestBuilder::json))
    }));
    requests
}
