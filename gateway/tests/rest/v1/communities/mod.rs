//! `/v1/communities`, and what is below it.

mod history;
mod members;
mod structure;
mod tokens;

use std::collections::BTreeSet;

use connectus_proto::community::v1::{
    AddToSegmentRequest, Identity, SourceActivity, SourceUser, UpsertActivityRequest, UpsertUserRequest, identity::By,
};
use connectus_testkit::{Answer, Person, Suite, as_caller, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ENCODINGS, Target, with};

const NOWHERE: &str = "0193e0d2-0000-7000-8000-000000000000";

fn not_found() -> (u16, u64, String) {
    (404, 4000, "Community not found.".to_owned())
}

fn wrong_type() -> (u16, u64, String) {
    (400, 4002, "Incorrect account type, organization account required.".to_owned())
}

/// Makes a community, and returns its path.
async fn add(suite: &Suite, organization: &Person, name: &str) -> String {
    let made = suite.api.post("/v1/communities", Some(&organization.token), &json!({"name": name})).await.ok();
    format!("/v1/communities/{}", made["id"].as_str().unwrap())
}

/// Makes something of a community, and returns it without the message.
async fn make(suite: &Suite, organization: &Person, path: &str, body: &Value) -> Value {
    let mut made = suite.api.post(path, Some(&organization.token), body).await.ok();
    assert_eq!(made.as_object_mut().unwrap().remove("message"), Some(json!("200 - OK")));
    made
}

/// Fails unless a number is the Unix second of a moment ago.
fn assert_now(seconds: &Value) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!((now - 60..=now).contains(&seconds.as_u64().unwrap()), "{seconds} is not a moment ago");
}

/// A community that hears of people by its sources.
struct Gathering {
    suite: Suite,
    help: Person,
    /// The community's path.
    path: String,
    /// A token of the Community API.
    token: String,
    /// Its sources: the forum and the shop.
    forum: i64,
    shop: i64,
}

impl Gathering {
    async fn start(suite: Suite) -> Self {
        let help = suite.organization("Help").await;
        let path = add(&suite, &help, "Friends").await;
        let source = async |name: &str| {
            let made = make(&suite, &help, &format!("{path}/sources"), &json!({"name": name})).await;
            made["id"].as_i64().unwrap()
        };
        let (forum, shop) = (source("Forum").await, source("Shop").await);
        let made = make(&suite, &help, &format!("{path}/tokens"), &json!({"name": "Forum"})).await;
        make(&suite, &help, &format!("{path}/activity-types"), &json!({"id": "posted", "displayName": "Posted"})).await;
        let token = made["token"].as_str().unwrap().to_owned();
        Self { suite, help, path, token, forum, shop }
    }

    /// A source says something about a person.
    async fn says(&self, source_id: i64, user: SourceUser) {
        let request = UpsertUserRequest { source_id, user: Some(user) };
        self.suite.community().upsert_user(as_caller(&self.token, request)).await.unwrap();
    }

    /// The forum tells what somebody did.
    async fn tells(&self, activity: SourceActivity) {
        let request = UpsertActivityRequest { source_id: self.forum, activity: Some(activity) };
        self.suite.community().upsert_activity(as_caller(&self.token, request)).await.unwrap();
    }

    /// Puts the member with an address into a segment.
    async fn puts_into(&self, segment_id: i64, email: &str) {
        let identities = vec![Identity { by: Some(By::Email(email.to_owned())) }];
        let request = AddToSegmentRequest { segment_id, identities, status_id: 0 };
        self.suite.community().add_to_segment(as_caller(&self.token, request)).await.unwrap();
    }

    async fn get(&self, below: &str) -> Answer {
        self.suite.api.get(&format!("{}/{below}", self.path), Some(&self.help.token)).await
    }

    /// A list, once it has as many elements as it is to have.
    async fn list(&self, below: &str, length: usize) -> Vec<Value> {
        eventually(below, async || {
            let Value::Array(list) = self.get(below).await.ok() else { panic!("{below} is no list") };
            (list.len() == length).then_some(list)
        })
        .await
    }

    /// Fails unless parameters of a list are each refused.
    async fn refuses(&self, list: &str, cases: &[(&str, &str)]) {
        for (query, field) in cases {
            let answer = self.get(&format!("{list}?{query}")).await;
            assert_eq!((answer.status, answer.error().1), (400, 4050), "{list}?{query}");
            assert_eq!(answer.header("x-error-field"), Some(*field), "{list}?{query}");
        }
    }
}

#[tokio::test]
async fn communities_are_made_in_every_encoding_listed_and_deleted() {
    let suite = Suite::start().await;
    let (help, care) = (suite.organization("Help").await, suite.organization("Care").await);
    let mut listed = Vec::new();
    for encoding in ENCODINGS {
        let body = json!({"name": format!("Friends & {encoding:?}"), "unknown": "x"});
        let target = Target::new(Method::POST, "/v1/communities", Some(&help.token));
        let made = target.send(&suite.api, encoding, &body).await.ok();
        assert_now(&made["created_at"]);
        let (id, created_at) = (&made["id"], &made["created_at"]);
        let shown = json!({"id": id, "name": body["name"], "created_at": created_at, "is_linked": false});
        let answer = with(&shown, &json!({"message": "200 - OK"}));
        assert_eq!(made, answer);
        listed.push(shown);
    }
    assert_eq!(suite.api.get("/v1/communities", Some(&help.token)).await.ok(), json!(listed));
    assert_eq!(suite.api.get("/v1/communities", Some(&care.token)).await.ok(), json!([]));
    let first = format!("/v1/communities/{}", listed[0]["id"].as_str().unwrap());
    let delete = async || suite.api.call(Method::DELETE, &first, Some(&help.token), None).await;
    assert_eq!(delete().await.ok(), json!({"message": "200 - OK"}));
    assert_eq!(delete().await.error(), not_found());
    assert_eq!(suite.api.get(&first, Some(&help.token)).await.error(), not_found());
    assert_eq!(suite.api.get("/v1/communities", Some(&help.token)).await.ok(), json!(listed[1..]));
}

#[tokio::test]
async fn a_name_that_is_none_is_refused() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let bad =
        [json!({}), json!({"name": " "}), json!({"name": "x".repeat(101)}), json!({"name": 7}), json!({"name": null})];
    let cases = bad.map(|body| (body, "name"));
    Target::new(Method::POST, "/v1/communities", Some(&help.token)).refuses(&suite.api, &cases).await;
    assert_eq!(suite.api.get("/v1/communities", Some(&help.token)).await.ok(), json!([]));
}

#[tokio::test]
async fn an_organization_has_twenty_at_most() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    add(&suite, &help, "First").await;
    let copies = "INSERT INTO community.communities (id, owner_id, name, created_at) \
        SELECT gen_random_uuid(), owner_id, name, created_at FROM community.communities, generate_series(1, 18)";
    suite.database.execute(copies).await;
    let last = add(&suite, &help, "Last").await;
    let create = async || suite.api.post("/v1/communities", Some(&help.token), &json!({"name": "More"})).await;
    assert_eq!(create().await.error(), (409, 4003, "Community limit reached.".to_owned()));
    suite.api.call(Method::DELETE, &last, Some(&help.token), None).await.ok();
    create().await.ok();
}

/// Every route about a community, with a body where it has one.
fn routes() -> Vec<(Method, &'static str, Option<Value>)> {
    vec![
        (Method::GET, "", None),
        (Method::DELETE, "", None),
        (Method::POST, "/link", None),
        (Method::DELETE, "/link", None),
        (Method::POST, "/tokens", Some(json!({"name": "x"}))),
        (Method::GET, "/tokens", None),
        (Method::DELETE, "/tokens/{jti}", None),
        (Method::POST, "/sources", Some(json!({"name": "x"}))),
        (Method::POST, "/custom-fields", Some(json!({"name": "x", "type": "url"}))),
        (Method::POST, "/segments", Some(json!({"name": "x"}))),
        (Method::POST, "/activity-types", Some(json!({"id": "x", "displayName": "x"}))),
        (Method::GET, "/members", None),
        (Method::GET, "/activities", None),
        (Method::GET, "/merges", None),
        (Method::POST, "/merges/{merge}/undo", None),
        (Method::GET, "/anonymizations", None),
    ]
}

#[tokio::test]
async fn a_community_is_its_organizations_alone() {
    let suite = Suite::start().await;
    let (ann, help, care) =
        (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
    let path = add(&suite, &help, "Friends").await;
    let token = make(&suite, &help, &format!("{path}/tokens"), &json!({"name": "Forum"})).await;
    let before = suite.api.get(&path, Some(&help.token)).await.ok();
    let (nowhere, nothing) = (format!("/v1/communities/{NOWHERE}"), "/v1/communities/x".to_owned());
    for (method, below, body) in routes() {
        let below = below.replace("{jti}", token["jti"].as_str().unwrap()).replace("{merge}", NOWHERE);
        let call = async |by: Option<&Person>, path: &str| {
            let path = format!("{path}{below}");
            suite.api.call(method.clone(), &path, by.map(|by| &*by.token), body.as_ref()).await.error()
        };
        assert_eq!(call(Some(&ann), &path).await, wrong_type(), "{method} {below}");
        assert_eq!(call(None, &path).await.1, 3000, "{method} {below}");
        for (by, path) in [(&care, &path), (&help, &nowhere), (&help, &nothing)] {
            assert_eq!(call(Some(by), path).await, not_found(), "{method} {below}");
        }
    }
    for method in [Method::GET, Method::POST] {
        let answer = suite.api.call(method, "/v1/communities", Some(&ann.token), Some(&json!({"name": "x"}))).await;
        assert_eq!(answer.error(), wrong_type());
    }
    assert_eq!(suite.api.get(&path, Some(&help.token)).await.ok(), before);
    let tokens = suite.api.get(&format!("{path}/tokens"), Some(&help.token)).await.ok();
    assert_eq!(tokens[0]["revoked_at"], 0);
}

#[test]
fn no_route_about_a_community_is_left_out() {
    let document = connectus_gateway::openapi_document();
    let mut documented = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let Some(below) = path.strip_prefix("/v1/communities/{id}") else { continue };
        documented
            .extend(operations.as_object().unwrap().keys().map(|method| (method.to_uppercase(), below.to_owned())));
    }
    let known = routes().into_iter().map(|(method, below, _)| (method.to_string(), below.to_owned()));
    assert_eq!(known.collect::<BTreeSet<_>>(), documented);
}
