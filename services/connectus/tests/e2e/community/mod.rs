//! A community from its first source to who is forgotten, over both REST APIs, with the service killed in between.

use connectus_testkit::{Answer, Database, MailServer, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    contract::world::{Member, PASSWORD, member, organization},
    topology::{Suite, Topology, until_ready},
};

/// How many people, and activities, are told of.
const MANY: usize = 50;

#[tokio::test]
async fn a_community_lives_in_one_process() {
    live(Topology::Together, "all").await;
}

#[tokio::test]
async fn a_community_lives_with_a_process_for_each_role() {
    live(Topology::Apart, "community").await;
}

/// A community of an organization.
struct World<'a> {
    database: &'a Database,
    mail: &'a MailServer,
    suite: Suite,
    owner: Member,
    community: String,
    token: String,
    sources: [i64; 2],
}

async fn live(topology: Topology, role: &str) {
    let (database, mail) = (Database::new().await, MailServer::start().await);
    let suite = topology.start_with(&database, &mail, &[("CONNECTUS_ANONYMIZE_AFTER", "0")]).await;
    let owner = organization(&suite.api, &mail, "Coast").await;
    let mut world = World::new(&database, &mail, suite, owner).await;
    world.survives_a_crash(role).await;
    world.is_told_again_in_vain().await;
    world.finds_who_is_one_and_who_is_not().await;
    world.forgets().await;
    world.follows_what_is_confirmed(role).await;
}

impl<'a> World<'a> {
    async fn new(database: &'a Database, mail: &'a MailServer, suite: Suite, owner: Member) -> Self {
        let mut world =
            Self { database, mail, suite, owner, community: String::new(), token: String::new(), sources: [0; 2] };
        let made = world.manage(Method::POST, "", &json!({"name": "Friends"})).await;
        world.community = format!("/{}", made["id"].as_str().unwrap());
        let made = world.manage(Method::POST, "/tokens", &json!({"name": "Importer"})).await;
        world.token = made["token"].as_str().unwrap().to_owned();
        for (at, name) in ["Chat", "CRM"].into_iter().enumerate() {
            let made = world.manage(Method::POST, "/sources", &json!({"name": name})).await;
            world.sources[at] = made["id"].as_i64().unwrap();
        }
        world.manage(Method::POST, "/activity-types", &json!({"id": "talk", "displayName": "Talk"})).await;
        world
    }

    /// What the organization does with it.
    async fn manage(&self, method: Method, path: &str, body: &Value) -> Value {
        let path = format!("/v1/communities{}{path}", self.community);
        let body = (method == Method::POST).then_some(body);
        self.suite.api.call(method, &path, Some(&self.owner.token), body).await.ok()
    }

    async fn list(&self, what: &str) -> Vec<Value> {
        self.manage(Method::GET, &format!("/{what}?limit=200"), &Value::Null).await.as_array().unwrap().clone()
    }

    /// What its systems do.
    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let request = self.suite.api.request(method, &format!("/community/v1{path}")).bearer_auth(&self.token);
        Answer::of(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    async fn tell(&self, source: usize, what: &str, body: &Value) {
        let answer = self.call(Method::POST, &format!("/source/{}/{what}", self.sources[source]), Some(body)).await;
        assert_eq!(answer.status, 202, "{answer:?}");
    }

    async fn tell_all(&self) {
        for number in 0..MANY {
            let (id, email) = (number.to_string(), format!("person{number}@example.org"));
            self.tell(0, "user", &json!({"id": id, "email": email, "bio": "old"})).await;
            self.tell(0, "user", &json!({"id": id, "bio": "new"})).await;
            let activity =
                json!({"id": id, "activityType": "talk", "user": {"id": id}, "timestamp": "2026-01-02T03:04:05Z"});
            self.tell(0, "activity", &activity).await;
        }
    }

    async fn settled(&self) {
        eventually("all is worked on", async || {
            let waiting: i64 = self.database.value("SELECT count(*) FROM community.queue").await;
            (waiting == 0).then_some(())
        })
        .await;
    }

    /// What was taken in is kept, whatever happens before it is worked on.
    async fn survives_a_crash(&mut self, role: &str) {
        let mut client = self.database.connect().await;
        let holding = client.transaction().await.unwrap();
        // As long as this is held, nothing of the community is worked on.
        holding.execute("SELECT FROM community.communities FOR UPDATE", &[]).await.unwrap();
        self.tell_all().await;
        let waiting: i64 = self.database.value("SELECT count(*) FROM community.queue").await;
        assert_eq!(usize::try_from(waiting).unwrap(), 3 * MANY);
        let role = self.suite.role_mut(role);
        role.kill().await;
        holding.rollback().await.unwrap();
        role.start();
        until_ready(&self.suite.api).await;
        self.settled().await;
        let members = self.list("members").await;
        assert_eq!(members.len(), MANY);
        for member in &members {
            assert_eq!(
                (&member["activities_count"], &member["profile"]["bio"]),
                (&json!(1), &json!("new")),
                "{member}"
            );
        }
    }

    async fn is_told_again_in_vain(&self) {
        let before = (self.list("members").await, self.list("activities").await);
        for number in 0..MANY {
            let id = number.to_string();
            self.tell(0, "user", &json!({"id": id, "bio": "new"})).await;
            let activity =
                json!({"id": id, "activityType": "talk", "user": {"id": id}, "timestamp": "2026-01-02T03:04:05Z"});
            self.tell(0, "activity", &activity).await;
        }
        self.settled().await;
        assert_eq!((self.list("members").await, self.list("activities").await), before);
    }

    /// Another source knows two of them as one, which the owner knows better.
    async fn finds_who_is_one_and_who_is_not(&self) {
        let github = json!({"type": "handle", "value": "first"});
        self.tell(0, "user", &json!({"id": "0", "github": github})).await;
        self.tell(1, "user", &json!({"id": "x", "email": "PERSON1@example.org", "github": github})).await;
        self.settled().await;
        assert_eq!(self.list("members").await.len(), MANY - 1);
        let found = self.call(Method::GET, "/members?github=first", None).await.ok();
        assert_eq!(found[0]["activities_count"], 2);
        let merge = self.list("merges").await.remove(0);
        self.manage(Method::POST, &format!("/merges/{}/undo", merge["id"].as_str().unwrap()), &json!({})).await;
        assert_eq!(self.list("members").await.len(), MANY);
        self.tell(1, "user", &json!({"id": "x", "bio": "newer"})).await;
        self.settled().await;
        assert_eq!(self.list("members").await.len(), MANY);
    }

    async fn forgets(&self) {
        let answer = self.call(Method::DELETE, "/user/person7@example.org", None).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"status": "success"})));
        eventually("the person is forgotten", async || {
            let records = self.list("anonymizations").await;
            records[0]["finished_at"].as_i64().filter(|finished| *finished > 0)
        })
        .await;
        let found = self.call(Method::GET, "/user/person7@example.org", None).await;
        assert_eq!(found.status, 404, "{found:?}");
        assert_eq!(self.list("members").await.len(), MANY, "who it was still counts");
        let stored = "SELECT count(*) FROM community.records WHERE statements::text LIKE '%person7@%'";
        assert_eq!(self.database.value::<i64>(stored).await, 0);
    }

    /// What the organization confirms appears, though the service was away when it was; and goes when the person is.
    async fn follows_what_is_confirmed(&mut self, role: &str) {
        let ann = member(&self.suite.api, self.mail, "Ann").await;
        let source = self.manage(Method::POST, "/link", &json!({})).await["source"]["id"].clone();
        let first = self.confirmed(&ann, "First").await;
        self.appear(&source, &["First"]).await;
        // As long as this is held, nothing is written of her.
        let mut client = self.database.connect().await;
        let holding = client.transaction().await.unwrap();
        holding.execute("SELECT FROM community.volunteers FOR UPDATE", &[]).await.unwrap();
        self.confirmed(&ann, "Second").await;
        let path = format!("/v1/experiences/resolve/{first}");
        self.suite.api.call(Method::DELETE, &path, Some(&ann.token), None).await.ok();
        let role = self.suite.role_mut(role);
        role.kill().await;
        holding.rollback().await.unwrap();
        role.start();
        until_ready(&self.suite.api).await;
        let activity = self.appear(&source, &["Second"]).await.remove(0);
        assert_eq!(activity["confirmed_work"], json!({"hours": 3, "begin": "2026-01-02", "end": "2026-01-03"}));
        self.suite.api.post("/v1/account/delete", Some(&ann.token), &json!({"password": PASSWORD})).await.ok();
        self.appear(&source, &[""]).await;
        let stored = format!("SELECT count(*) FROM community.records WHERE external_id = '{}'", ann.id);
        eventually("she is forgotten", async || (self.database.value::<i64>(&stored).await == 0).then_some(())).await;
    }

    /// Something of a person that the organization has confirmed.
    async fn confirmed(&self, person: &Member, name: &str) -> String {
        let experience = json!({
            "name": name, "description": "x", "hours": 3, "when": {"begin": "2026-01-02", "end": "2026-01-03"},
            "organization": self.owner.id, "email_verify": false,
        });
        let made = self.suite.api.post("/v1/experiences", Some(&person.token), &experience).await.ok();
        let id = made["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/experiences/validations/{}/{id}", person.id);
        self.suite.api.post(&path, Some(&self.owner.token), &json!({"approve": true})).await.ok();
        id
    }

    /// Waits until the activities of a source have these titles.
    async fn appear(&self, source: &Value, titles: &[&str]) -> Vec<Value> {
        eventually(&format!("there is {titles:?}"), async || {
            let mut activities = self.list("activities").await;
            activities.retain(|activity| activity["source"] == *source);
            (activities.iter().map(|activity| &activity["title"]).eq(titles)).then_some(activities)
        })
        .await
    }
}
