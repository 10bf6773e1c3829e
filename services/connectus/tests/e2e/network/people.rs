//! People who know each other, and what they have said and done.

use connectus_testkit::{Api, MailServer, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use crate::contract::world::{Member, experience, member, organization};

/// The first name of who will block others, which nobody else has.
pub(super) const NAME: &str = "Belinda";

/// Somebody who will block others, and those who know them before that.
pub(super) struct Circle {
    pub(super) api: Api,
    /// Who will block all others but the friend.
    pub(super) blocker: Member,
    /// A connection of the blocker and of the friend.
    pub(super) viewer: Member,
    /// Whom the blocker has asked to connect.
    pub(super) asked: Member,
    /// A connection of both, whom nobody blocks.
    pub(super) friend: Member,
    /// An organization that the blocker is interested in.
    pub(super) organization: Member,
    /// A post of the blocker for everybody, which the friend has shared.
    pub(super) post: String,
    /// A post of the friend, which the blocker has replied to.
    pub(super) discussed: String,
    /// The organization's opportunity.
    pub(super) opportunity: String,
}

impl Circle {
    pub(super) async fn make(api: &Api, mail: &MailServer) -> Self {
        let blocker = member(api, mail, "Belinda").await;
        let viewer = member(api, mail, "Viola").await;
        let asked = member(api, mail, "Astrid").await;
        let friend = member(api, mail, "Frieda").await;
        let organization = organization(api, mail, "Orchard").await;
        for (path, change) in [("/v1/account", json!({"first_name": NAME})), ("/v1/profile", json!({"quote": NAME}))] {
            api.call(Method::PATCH, path, Some(&blocker.token), Some(&change)).await.ok();
        }
        for (one, other) in [(&viewer, &blocker), (&blocker, &friend), (&friend, &viewer)] {
            connect(api, one, other).await;
        }
        let ask = format!("/v1/accounts/{}/request_connection", asked.id);
        done(api, &blocker, &ask, &json!({"message": "Hello"})).await;
        let post = say(api, &blocker, &json!({"content": "Who comes along?"})).await;
        say(api, &blocker, &json!({"content": "Only for friends", "visibility": "connections"})).await;
        done(api, &friend, &format!("/v1/posts/{post}/share"), &json!({})).await;
        let discussed = say(api, &friend, &json!({"content": "What a day"})).await;
        say(api, &blocker, &json!({"content": "Indeed", "reply_to": discussed})).await;
        let liked = say(api, &viewer, &json!({"content": "I like trees"})).await;
        done(api, &blocker, &format!("/v1/posts/{liked}/like"), &json!({})).await;
        let opportunity = opportunity(api, &organization, &json!({})).await;
        done(api, &blocker, &format!("/v1/opportunities/{opportunity}/interest"), &json!({})).await;
        experience(api, &blocker, json!({"organization": organization.id, "email_verify": false})).await;
        let api = api.clone();
        Self { api, blocker, viewer, asked, friend, organization, post, discussed, opportunity }
    }

    /// The blocker wants to be seen by none of them any more.
    pub(super) async fn part(&self) {
        for other in [&self.viewer, &self.asked, &self.organization] {
            done(&self.api, &self.blocker, &format!("/v1/accounts/{}/block", other.id), &json!({})).await;
        }
    }
}

/// Connects two people.
pub(super) async fn connect(api: &Api, one: &Member, other: &Member) {
    done(api, one, &format!("/v1/accounts/{}/request_connection", other.id), &json!({})).await;
    done(api, other, &format!("/v1/accounts/{}/accept_connection", one.id), &json!({})).await;
}

/// Does something that goes well.
pub(super) async fn done(api: &Api, by: &Member, path: &str, body: &Value) -> Value {
    api.post(path, Some(&by.token), body).await.ok()
}

/// Posts something, and returns its id.
pub(super) async fn say(api: &Api, by: &Member, post: &Value) -> String {
    done(api, by, "/v1/posts", post).await["id"].as_str().unwrap().to_owned()
}

/// Makes an opportunity, as the fields say where they differ, and returns its id.
pub(super) async fn opportunity(api: &Api, by: &Member, fields: &Value) -> String {
    let mut body = json!({"name": "Apple picking", "description": "Pick apples.", "is_signups_enabled": false});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    done(api, by, "/v1/opportunities", &body).await["id"].as_str().unwrap().to_owned()
}

/// Waits until a path answers a member something that a check accepts.
pub(super) async fn until<T>(api: &Api, by: &Member, path: &str, check: impl Fn(&Value) -> Option<T>) -> T {
    eventually(path, async || check(&api.get(path, Some(&by.token)).await.ok())).await
}
