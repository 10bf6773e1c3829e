//! Every route with a body, with a good one.

use connectus_testkit::{PASSWORD, Suite};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ENCODINGS, Target, with, without};

/// A route with a body, and a good one. Several stand for a route where different fields count.
pub(crate) struct WithBody {
    pub(crate) target: Target,
    pub(crate) body: Value,
}

impl WithBody {
    /// Whether its errors are pages.
    pub(crate) fn answers_pages(&self) -> bool {
        self.target.path.contains("email-approve")
    }

    /// The HTTP status and the code for a body that cannot be read at all.
    pub(crate) fn unreadable(&self) -> (u16, u64) {
        if self.target.path == "/v1/auth/register" { (500, 3205) } else { (400, 4050) }
    }
}

/// All of them, in a suite of their own.
pub(crate) async fn with_bodies(suite: &Suite) -> Vec<WithBody> {
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let experience = json!({
        "location": {
            "street": "a", "city": "b", "province": "c", "country": "d", "postal_code": "e", "apt_number": "f",
            "geojson": {"type": "Point", "coordinates": [1.5, 2.5]},
        },
        "name": "g", "organization": help.id, "opportunity": "", "description": "i",
        "when": {"begin": "j", "end": "k"}, "hours": 1, "email_verify": false,
    });
    let created = suite.api.post("/v1/experiences", Some(&ann.token), &experience).await.ok();
    let id = created["id"].as_str().unwrap();
    let by_mail = json!({"name": "a", "description": "b", "organization": "boss@example.org", "email_verify": true});
    suite.api.post("/v1/experiences", Some(&ann.token), &by_mail).await.ok();
    let link = suite.mail.next("boss@example.org").await;
    let post = json!({
        "content": "a", "reply_to": "", "multimedia": [{"type": "image", "url": "https://example.org/a.png", "description": "b"}],
        "tags": ["c", "d"], "visibility": "connections",
    });
    let user = json!({
        "email": "new@example.org", "password": PASSWORD, "type": "user", "first_name": "Ben", "birthday": "04/30/1990",
    });
    let organization = json!({
        "email": "new@example.org", "password": PASSWORD, "type": "organization", "preferred_name": "Aid",
        "is_nonprofit": true,
    });
    let user_account = json!({
        "first_name": "a", "middle_name": "b", "last_name": "c", "birthday": "04/30/1990", "gender": "Other",
        "avatar": "https://example.org/a.png", "header": "https://example.org/b.png",
    });
    let user_profile = json!({
        "interests": ["a", "b"], "quote": "c", "biography": "d", "education": "e", "current_residence": "f",
        "certifications": "g",
    });
    let organization_profile = json!({
        "mission": "a", "quote": "b", "interests": ["c"], "affiliated_orgs": [help.id], "address": experience["location"],
    });
    let user_settings = json!({"blocked_users": [help.id], "email_notifications": true});
    let opportunity = json!({
        "name": "a", "description": "b", "address": experience["location"], "is_signups_enabled": true,
        "number_of_people_needed": 1, "tags": ["c", "d"], "method_of_contact": "e",
        "shift_times": [{"id": "", "begin": "2099-05-01T09:00:00Z", "end": "2099-05-01T11:00:00Z"}],
    });
    let made = suite.api.post("/v1/opportunities", Some(&help.token), &opportunity).await.ok();
    let made = format!("/v1/opportunities/{}", made["id"].as_str().unwrap());
    let community = suite.api.post("/v1/communities", Some(&help.token), &json!({"name": "Friends"})).await.ok();
    let community = |part: &str| format!("/v1/communities/{}/{part}", community["id"].as_str().unwrap());
    let field = json!({"name": "a", "type": "enum", "multivalue": true, "values": ["b", "c"]});
    let unknown_shift = json!({"shift": "x"});
    let validation = format!("/v1/experiences/validations/{}/{id}", ann.id);
    let approval = format!("/v1/experiences/email-approve/{}", link.token());
    let ask = format!("/v1/accounts/{}/request_connection", ann.id);
    [
        (Method::POST, "/v1/auth/login", None, json!({"id": ann.email, "password": PASSWORD})),
        (Method::POST, "/v1/auth/register", None, user),
        (Method::POST, "/v1/auth/register", None, organization),
        (Method::POST, "/v1/auth/reset-password", None, json!({"token": "x", "password": PASSWORD})),
        (Method::POST, "/v1/request-password-reset", None, json!({"email": ann.email})),
        (Method::POST, "/v1/auth/resend-verification", None, json!({"email": ann.email})),
        (Method::POST, "/v1/auth/undo-email-change", None, json!({"token": "x"})),
        // The password is not hers, since she is to stay who she is.
        (
            Method::POST,
            "/v1/auth/change-password",
            Some(&ann.token),
            json!({"password": "x", "new_password": PASSWORD}),
        ),
        (Method::POST, "/v1/auth/change-email", Some(&ann.token), json!({"password": "x", "email": "b@example.org"})),
        (Method::POST, "/v1/account/delete", Some(&ann.token), json!({"password": "x"})),
        (Method::PATCH, "/v1/account", Some(&ann.token), user_account),
        (Method::PATCH, "/v1/account", Some(&help.token), json!({"preferred_name": "Aid"})),
        (Method::PATCH, "/v1/settings", Some(&ann.token), user_settings),
        (Method::PATCH, "/v1/settings", Some(&help.token), json!({"is_nonprofit": false})),
        (Method::PATCH, "/v1/profile", Some(&ann.token), user_profile),
        (Method::PATCH, "/v1/profile", Some(&help.token), organization_profile),
        (Method::POST, "/v1/experiences", Some(&ann.token), experience.clone()),
        (Method::PUT, &format!("/v1/experiences/resolve/{id}"), Some(&ann.token), experience),
        (Method::POST, "/v1/posts", Some(&ann.token), post),
        (
            Method::POST,
            "/v1/opportunities",
            Some(&help.token),
            with(&opportunity, &json!({"is_signups_enabled": false})),
        ),
        (Method::PUT, &made, Some(&help.token), opportunity),
        (Method::POST, "/v1/communities", Some(&help.token), json!({"name": "a"})),
        (Method::POST, &community("tokens"), Some(&help.token), json!({"name": "a"})),
        (Method::POST, &community("sources"), Some(&help.token), json!({"name": "a"})),
        (Method::POST, &community("custom-fields"), Some(&help.token), field),
        (Method::POST, &community("segments"), Some(&help.token), json!({"name": "a", "statuses": ["b", "c"]})),
        (Method::POST, &community("activity-types"), Some(&help.token), json!({"id": "a", "displayName": "b"})),
        (Method::POST, &format!("{made}/interest"), Some(&ann.token), unknown_shift),
        (Method::POST, &validation, Some(&help.token), json!({"approve": true})),
        (Method::POST, &approval, None, json!({"approve": true})),
        (Method::POST, "/v1/notification/dismiss", Some(&ann.token), json!({"id": "a"})),
        (Method::POST, &ask, Some(&help.token), json!({"message": "a"})),
    ]
    .map(|(method, path, token, body)| WithBody { target: Target::new(method, path, token.map(String::as_str)), body })
    .into()
}

#[tokio::test]
async fn no_route_with_a_body_is_left_out() {
    let suite = Suite::start().await;
    let tried: Vec<WithBody> = with_bodies(&suite).await;
    let document = connectus_gateway::openapi_document();
    for (template, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let is_tried = |tried: &WithBody| {
                let same_method = tried.target.method.as_str().eq_ignore_ascii_case(method);
                let (ours, theirs): (Vec<_>, Vec<_>) =
                    (tried.target.path.split('/').collect(), template.split('/').collect());
                let same = |(ours, theirs): (&&str, &&str)| ours == theirs || theirs.starts_with('{');
                same_method && ours.len() == theirs.len() && ours.iter().zip(&theirs).all(same)
            };
            let has_body = !operation["requestBody"].is_null();
            assert_eq!(has_body, tried.iter().any(is_tried), "{method} {template}");
        }
    }
}

#[tokio::test]
async fn a_required_field_that_is_missing_is_named_in_every_encoding() {
    let suite = Suite::start().await;
    let mut tried = 0;
    for route in with_bodies(&suite).await {
        let required: &[&str] = match (route.target.method.as_str(), &*route.target.path) {
            (_, "/v1/auth/login") => &["id", "password"],
            (_, "/v1/auth/register") => &["email", "password", "type"],
            (_, "/v1/auth/reset-password") => &["password", "token"],
            (_, "/v1/request-password-reset" | "/v1/auth/resend-verification") => &["email"],
            (_, "/v1/auth/undo-email-change") => &["token"],
            (_, "/v1/auth/change-password") => &["password", "new_password"],
            (_, "/v1/auth/change-email") => &["password", "email"],
            (_, "/v1/account/delete") => &["password"],
            (_, "/v1/notification/dismiss") => &["id"],
            ("POST", "/v1/experiences") => &["name", "description", "email_verify"],
            ("POST", "/v1/opportunities") | ("PUT", _) => &["name", "description"],
            ("POST", "/v1/posts") | ("PATCH", _) => &[],
            (_, path) if path.ends_with("/activity-types") => &["id", "displayName"],
            (_, path) if path.ends_with("/custom-fields") => &["name", "type"],
            (_, path) if path.starts_with("/v1/communities") => &["name"],
            (_, path) if path.ends_with("/request_connection") || path.ends_with("/interest") => &[],
            _ => &["approve"],
        };
        for field in required {
            for encoding in ENCODINGS {
                // A form without a field is not sent at all by some clients.
                let body = with(&without(&route.body, field), &json!({"unknown": "x"}));
                let answer = route.target.send(&suite.api, encoding, &body).await;
                assert_eq!(answer.status, 400, "{field} of {:?}: {answer:?}", route.target);
                assert_eq!(answer.header("x-error-field"), Some(*field), "{encoding:?} {:?}", route.target);
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 3 * 38);
}
