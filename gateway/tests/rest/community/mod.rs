//! The Community API as its clients see it.

mod activities;
mod budget;
mod custom_fields;
mod document;
mod faults;
mod members;
mod segments;
mod tags;
mod token;
mod users;

use connectus_proto::community::v1::{
    CreateActivityTypeRequest, CreateCommunityRequest, CreateCustomFieldRequest, CreateSegmentRequest,
    CreateSegmentResponse, CreateSourceRequest, CreateTokenRequest, CustomFieldType,
};
use connectus_testkit::{Answer, Options, Person, Suite, eventually};
use reqwest::Method;
use serde_json::{Value, json};

/// A community with a token and a source.
pub(crate) struct World {
    pub(crate) suite: Suite,
    pub(crate) owner: Person,
    pub(crate) community: String,
    pub(crate) token: String,
    token_id: String,
    pub(crate) source: i64,
}

impl World {
    async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let suite = Suite::with(options).await;
        let owner = suite.organization("Acme").await;
        let mut api = suite.communities();
        let made = api.create_community(owner.asks(CreateCommunityRequest { name: "Friends".to_owned() })).await;
        let community_id = made.unwrap().into_inner().community.unwrap().id;
        let request = CreateTokenRequest { community_id: community_id.clone(), name: "Importer".to_owned() };
        let token = api.create_token(owner.asks(request)).await.unwrap().into_inner();
        let request = CreateSourceRequest { community_id: community_id.clone(), name: "Chat".to_owned() };
        let source = api.create_source(owner.asks(request)).await.unwrap().into_inner().source.unwrap().id;
        let (id, display_name) = ("talk".to_owned(), "Talk".to_owned());
        let request = CreateActivityTypeRequest { community_id: community_id.clone(), id, display_name };
        api.create_activity_type(owner.asks(request)).await.unwrap();
        let token_id = token.details.unwrap().id;
        Self { suite, owner, community: community_id, token: token.token, token_id, source }
    }

    pub(crate) async fn new_field(
        &self,
        name: &str,
        kind: CustomFieldType,
        is_multivalue: bool,
        values: &[&str],
    ) -> i64 {
        let request = CreateCustomFieldRequest {
            community_id: self.community.clone(),
            name: name.to_owned(),
            r#type: kind.into(),
            is_multivalue,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        let made = self.suite.communities().create_custom_field(self.owner.asks(request)).await.unwrap();
        made.into_inner().custom_field.unwrap().id
    }

    pub(crate) async fn new_segment(&self, name: &str, statuses: &[&str]) -> CreateSegmentResponse {
        let request = CreateSegmentRequest {
            community_id: self.community.clone(),
            name: name.to_owned(),
            statuses: statuses.iter().map(|status| (*status).to_owned()).collect(),
        };
        self.suite.communities().create_segment(self.owner.asks(request)).await.unwrap().into_inner()
    }

    /// Calls an operation.
    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.suite.api.request(method, &format!("/community/v1{path}")).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = Answer::of(request).await;
        assert!(answer.header("x-ratelimit-limit").is_some(), "{path}: {answer:?}");
        assert!(answer.header("x-ratelimit-remaining").is_some(), "{path}: {answer:?}");
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    /// The source says something about a person.
    pub(crate) async fn say(&self, user: &Value) -> Answer {
        self.post(&format!("/source/{}/user", self.source), user).await
    }

    /// The source tells of an activity.
    pub(crate) async fn tell(&self, activity: &Value) -> Answer {
        self.post(&format!("/source/{}/activity", self.source), activity).await
    }

    /// Somebody with an address, who is there.
    pub(crate) async fn person(&self, id: &str) {
        let email = format!("{id}@example.org");
        assert_eq!(self.say(&json!({"id": id, "email": email})).await.status, 202);
        self.member(&email).await;
    }

    /// The one member with an address, once all is worked on.
    pub(crate) async fn member(&self, email: &str) -> Value {
        eventually("all is worked on", async || {
            let waiting: i64 = self.suite.database.value("SELECT count(*) FROM community.queue").await;
            (waiting == 0).then_some(())
        })
        .await;
        let found = self.get(&format!("/user/{email}")).await.ok();
        assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
        found[0].clone()
    }
}

/// The fields that a bad request is refused for.
fn refused(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    assert_eq!((answer.status, body["reason"].as_str()), (400, Some("invalid-request-body")), "{answer:?}");
    assert!(body["docs"].as_str().unwrap().ends_with("/docs/"), "{body}");
    let field = |error: &Value| error.as_str().unwrap().split(':').next().unwrap().to_owned();
    body["errors"].as_array().unwrap().iter().map(field).collect()
}

/// That an answer says that there is nothing or nobody such.
fn assert_not_found(answer: &Answer) {
    assert_eq!((answer.status, answer.json()["status"].as_str()), (404, Some("not-found")), "{answer:?}");
}

/// That an answer says that something is done.
fn assert_done(answer: &Answer) {
    assert_eq!((answer.status, answer.json()), (200, json!({"status": "ok"})), "{answer:?}");
}
