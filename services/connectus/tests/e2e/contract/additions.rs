//! What this project has added to the documented API: its errors, in good health and with faults, and a story.

use connectus_testkit::{Api, MailServer, eventually};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    case::{Case, case, page},
    faults::{Internal, MESSAGE},
    world::{Member, NOBODY, PASSWORD, World, login},
};

const BAD_QUERY: (u64, u16, &str) = (4050, 400, "Bad query format.");
const WRONG_PASSWORD: (u64, u16, &str) = (4002, 400, "Wrong password.");
const UNDO: &str = "POST /v1/auth/undo-email-change";
pub(super) const CONFIRM_PAGE: &str = "POST /v1/auth/confirm-email-change/{token}";
pub(super) const UNDO_PAGE: &str = "POST /v1/auth/undo-email-change/{token}";

/// Every error that a suite in good health answers.
pub(super) fn cases(world: &World) -> Vec<Case> {
    [passwords(world), confirming(world), undoing(world), reading(world), keys(world)].into_iter().flatten().collect()
}

fn passwords(world: &World) -> Vec<Case> {
    let post = |path: &str, body: Value| world.by(&world.user, Method::POST, path).json(&body);
    let wrong = "not the password";
    let mut cases = Vec::new();
    for (route, path, wrong, bad) in [
        (
            "POST /v1/auth/change-password",
            "/v1/auth/change-password",
            json!({"password": wrong, "new_password": "a new password"}),
            json!({"password": PASSWORD, "new_password": "short"}),
        ),
        (
            "POST /v1/auth/change-email",
            "/v1/auth/change-email",
            json!({"password": wrong, "email": "else@example.org"}),
            json!({"password": PASSWORD, "email": "nonsense"}),
        ),
        ("POST /v1/account/delete", "/v1/account/delete", json!({"password": wrong}), json!({})),
    ] {
        cases.push(case(route, WRONG_PASSWORD, post(path, wrong)));
        cases.push(case(route, BAD_QUERY, post(path, bad)));
    }
    let locked = world.anonymous(Method::POST, "/v1/auth/login");
    let locked = locked.json(&json!({"id": world.locked, "password": PASSWORD}));
    cases.push(case("POST /v1/auth/login", (3103, 403, "Account locked."), locked));
    let resend = world.anonymous(Method::POST, "/v1/auth/resend-verification").json(&json!({"email": "nonsense"}));
    cases.push(case("POST /v1/auth/resend-verification", BAD_QUERY, resend));
    cases
}

fn confirming(world: &World) -> Vec<Case> {
    let press = |token: &str| page(CONFIRM_PAGE, 404, world.anonymous(Method::POST, &confirm_path(token)));
    vec![press("nonsense"), press(&world.vanished_change.confirm)]
}

fn undoing(world: &World) -> Vec<Case> {
    let undo = |row, token: Value| {
        case(UNDO, row, world.anonymous(Method::POST, "/v1/auth/undo-email-change").json(&json!({"token": token})))
    };
    let press = |http, token: &str| page(UNDO_PAGE, http, world.anonymous(Method::POST, &undo_path(token)));
    vec![
        undo((4000, 404, "Account not found."), json!(world.vanished_change.undo)),
        undo((4002, 400, "Invalid token."), json!("nonsense")),
        undo((4003, 409, "E-mail address already taken."), json!(world.taken_undo)),
        undo(BAD_QUERY, json!(7)),
        press(404, "nonsense"),
        press(404, &world.vanished_change.undo),
        press(409, &world.taken_undo),
    ]
}

fn reading(world: &World) -> Vec<Case> {
    let by_user = |method: Method, path: &str| world.by(&world.user, method, path);
    let nothing = format!("/v1/auth/sessions/{NOBODY}");
    let change = |member, body| world.by(member, Method::PATCH, "/v1/account").json(&body);
    let mut cases = vec![
        case("GET /v1/auth/sessions", BAD_QUERY, by_user(Method::GET, "/v1/auth/sessions?limit=0")),
        case("DELETE /v1/auth/sessions/{id}", (4000, 404, "Session not found."), by_user(Method::DELETE, &nothing)),
        case("GET /v1/auth/security-events", BAD_QUERY, by_user(Method::GET, "/v1/auth/security-events?cursor=x")),
        case(
            "PATCH /v1/account",
            (4000, 404, "Account not found."),
            change(&world.vanished, json!({"gender": "Other"})),
        ),
        case("PATCH /v1/account", BAD_QUERY, change(&world.user, json!({"gender": "nonsense"}))),
    ];
    for kind in ["avatar", "header"] {
        let route = format!("GET /v1/accounts/{{id}}/{kind}.svg");
        let request = world.anonymous(Method::GET, &format!("/v1/accounts/nonsense/{kind}.svg"));
        cases.push(case(&route, (4040, 404, "Not found."), request));
    }
    cases
}

/// Routes with nothing else that could be bad: an idempotency key that is none.
fn keys(world: &World) -> Vec<Case> {
    let with_bad_key = |path: &str| world.by(&world.user, Method::POST, path).header("idempotency-key", "two words");
    vec![
        case("POST /v1/auth/logout", BAD_QUERY, with_bad_key("/v1/auth/logout")),
        case("POST /v1/auth/logout-everywhere", BAD_QUERY, with_bad_key("/v1/auth/logout-everywhere")),
        page(CONFIRM_PAGE, 400, with_bad_key(&confirm_path(&world.change.confirm))),
        page(UNDO_PAGE, 400, with_bad_key(&undo_path(&world.change.undo))),
    ]
}

pub(super) fn confirm_path(token: &str) -> String {
    format!("/v1/auth/confirm-email-change/{token}")
}

fn undo_path(token: &str) -> String {
    format!("/v1/auth/undo-email-change/{token}")
}

/// Every added route that needs a token, with a path and a body that are good.
pub(super) fn authenticated() -> Vec<(&'static str, Method, String, Option<Value>)> {
    let new_password = json!({"password": PASSWORD, "new_password": "a new password"});
    let new_email = json!({"password": PASSWORD, "email": "else@example.org"});
    let routes = [
        ("POST /v1/auth/change-password", Method::POST, "/v1/auth/change-password", Some(new_password)),
        ("POST /v1/auth/change-email", Method::POST, "/v1/auth/change-email", Some(new_email)),
        ("POST /v1/auth/logout", Method::POST, "/v1/auth/logout", None),
        ("POST /v1/auth/logout-everywhere", Method::POST, "/v1/auth/logout-everywhere", None),
        ("GET /v1/auth/sessions", Method::GET, "/v1/auth/sessions", None),
        ("DELETE /v1/auth/sessions/{id}", Method::DELETE, "/v1/auth/sessions/x", None),
        ("GET /v1/auth/security-events", Method::GET, "/v1/auth/security-events", None),
        ("PATCH /v1/account", Method::PATCH, "/v1/account", Some(json!({"gender": "Other"}))),
        ("POST /v1/account/delete", Method::POST, "/v1/account/delete", Some(json!({"password": PASSWORD}))),
        ("GET /v1/account/export", Method::GET, "/v1/account/export", None),
    ];
    routes.map(|(route, method, path, body)| (route, method, path.to_owned(), body)).into()
}

/// A request to an added route that needs a token.
fn good(world: &World, wanted: &str) -> Internal {
    let found = authenticated().into_iter().find(|(route, ..)| *route == wanted);
    let (route, method, path, body) = found.unwrap_or_else(|| panic!("{wanted} is not among them"));
    let path = path.replace("sessions/x", &format!("sessions/{NOBODY}"));
    let request = world.by(&world.user, method, &path);
    (route, 4001, MESSAGE, body.iter().fold(request, RequestBuilder::json))
}

/// What meets a fault of auth's accounts.
pub(super) fn of_accounts(world: &World) -> Vec<Internal> {
    let undo = world.anonymous(Method::POST, "/v1/auth/undo-email-change").json(&json!({"token": world.change.undo}));
    let routes = [
        "POST /v1/auth/change-password",
        "POST /v1/auth/change-email",
        "POST /v1/auth/logout-everywhere",
        "POST /v1/account/delete",
        "GET /v1/account/export",
    ];
    let own = routes.map(|route| good(world, route));
    let button = |path: String| world.anonymous(Method::POST, &path);
    let of_mails = [
        (UNDO, 4001, MESSAGE, undo),
        (UNDO_PAGE, 0, "", button(undo_path(&world.change.undo))),
        (CONFIRM_PAGE, 0, "", button(confirm_path(&world.change.confirm))),
    ];
    own.into_iter().chain(of_mails).collect()
}

/// What meets a fault of auth's sessions and events.
pub(super) fn of_sessions(world: &World) -> Vec<Internal> {
    let routes = [
        "POST /v1/auth/logout",
        "GET /v1/auth/sessions",
        "DELETE /v1/auth/sessions/{id}",
        "GET /v1/auth/security-events",
    ];
    routes.map(|route| good(world, route)).into()
}

/// What meets a fault of account's accounts.
pub(super) fn of_account(world: &World) -> Internal {
    good(world, "PATCH /v1/account")
}

/// What only queues a mail.
pub(super) fn resend(world: &World) -> Internal {
    let request = world.anonymous(Method::POST, "/v1/auth/resend-verification");
    ("POST /v1/auth/resend-verification", 4001, MESSAGE, request.json(&json!({"email": "some@example.org"})))
}

/// What cannot queue the mail that belongs to it.
pub(super) fn not_mailed(world: &World) -> Vec<Case> {
    let not_sent = |route, message| {
        let (route, _, _, request) = good(world, route);
        case(route, (4003, 500, message), request)
    };
    vec![
        not_sent("POST /v1/auth/change-email", "Issue sending verification email."),
        not_sent("POST /v1/account/delete", "Issue sending the confirmation email."),
    ]
}

/// What somebody does on the added routes, all of which go well, until their account is gone.
pub(super) async fn story(api: &Api, mail: &MailServer, member: &Member) {
    let token = login(api, &member.email, PASSWORD).await;
    let change = json!({"last_name": "Lee", "gender": "Other"});
    let account = api.call(Method::PATCH, "/v1/account", Some(&token), Some(&change)).await.ok();
    assert_eq!((&account["last_name"], &account["gender"]), (&json!("Lee"), &json!("Other")));
    let picture = account["avatar"].as_str().unwrap().strip_prefix(api.url()).expect("the gateway's own").to_owned();
    assert_eq!(api.get(&picture, None).await.status, 200);
    let sessions = api.get("/v1/auth/sessions", Some(&token)).await.ok();
    let other = sessions.as_array().unwrap().iter().find(|session| session["is_current"] == false).unwrap();
    let path = format!("/v1/auth/sessions/{}", other["id"].as_str().unwrap());
    api.call(Method::DELETE, &path, Some(&token), None).await.ok();
    let export = api.get("/v1/account/export", Some(&token)).await.ok();
    assert_eq!(export["account"]["accounts"][0]["last_name"], "Lee");
    let token = change_password(api, mail, member, &token).await;
    change_email(api, mail, member, &token).await;
    api.post("/v1/auth/logout", Some(&token), &Value::Null).await.ok();
    let token = login(api, &member.email, PASSWORD).await;
    let events = api.get("/v1/auth/security-events", Some(&token)).await.ok();
    assert_eq!(events[1]["kind"], "session_ended");
    api.post("/v1/account/delete", Some(&token), &json!({"password": PASSWORD})).await.ok();
    eventually("nothing is left of the account", async || {
        let answer = api.get(&format!("/v1/accounts/{}", member.id), None).await;
        (answer.status == 404).then_some(())
    })
    .await;
}

/// Changes a password and back again. Returns the token of the last session.
async fn change_password(api: &Api, mail: &MailServer, member: &Member, token: &str) -> String {
    let mut token = token.to_owned();
    for (password, new_password) in [(PASSWORD, "a new password"), ("a new password", PASSWORD)] {
        let body = json!({"password": password, "new_password": new_password});
        let answer = api.post("/v1/auth/change-password", Some(&token), &body).await.ok();
        answer["token"].as_str().unwrap().clone_into(&mut token);
        mail.next(&member.email).await;
    }
    token
}

/// Changes an address, confirms the new one, and changes back.
async fn change_email(api: &Api, mail: &MailServer, member: &Member, token: &str) {
    let new = format!("new.{}", member.email);
    for (from, to) in [(&member.email, &new), (&new, &member.email)] {
        let body = json!({"password": PASSWORD, "email": to});
        api.post("/v1/auth/change-email", Some(token), &body).await.ok();
        mail.next(from).await;
        let link = mail.next(to).await.link().to_owned();
        let page = link.strip_prefix(api.url()).unwrap();
        for method in [Method::GET, Method::POST] {
            assert_eq!(api.call(method, page, None, None).await.status, 200);
        }
        eventually("the account is verified again", async || {
            (api.get("/v1/auth/sessions", Some(token)).await.status == 200).then_some(())
        })
        .await;
    }
}
