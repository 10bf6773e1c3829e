//! What a release leaves to the next one: links in mails, a message that waits, a session, and a community.

use connectus_testkit::{Answer, Api, Behaviour, Database, MailServer, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use crate::contract::world::{Member, PASSWORD, experience, login, organization, user_body};

/// Who has not opened the mailed link yet.
const NEWCOMER: &str = "zoe@example.org";
/// Who was mailed about an experience, and has not answered.
const MAILED: &str = "boss@example.org";
/// Whose mail waits for a mail server in trouble.
const WAITING: &str = "chef@example.org";

pub(super) struct Legacy {
    /// Where the newcomer's address is verified.
    verification: String,
    /// What confirms an experience.
    approval: String,
    session: String,
    community: Community,
}

impl Legacy {
    /// Leaves it, as the release before does.
    pub(super) async fn leave(api: &Api, mail: &MailServer, database: &Database, ben: &Member) -> Self {
        api.post("/v1/auth/register", None, &user_body(NEWCOMER)).await.ok();
        let verification = mail.next(NEWCOMER).await.link().strip_prefix(api.url()).unwrap().to_owned();
        mail.behave_towards(WAITING, Behaviour::Trouble);
        for address in [MAILED, WAITING] {
            experience(api, ben, json!({"organization": address, "email_verify": true})).await;
        }
        let approval = mail.next(MAILED).await.token().to_owned();
        let waits = "SELECT count(*) FROM experience.outbox WHERE last_error IS NOT NULL";
        eventually("a mail waits", async || (database.value::<i64>(waits).await == 1).then_some(())).await;
        let community = Community::make(api, mail).await;
        community.tell(api, "old").await;
        Self { verification, approval, session: ben.token.clone(), community }
    }

    /// Goes on with all of it.
    pub(super) async fn is_good(&self, api: &Api, mail: &MailServer, database: &Database) {
        assert_eq!(api.get(&self.verification, None).await.status, 200);
        login(api, NEWCOMER, PASSWORD).await;
        let sessions = api.get("/v1/auth/sessions", Some(&self.session)).await.ok();
        assert!(sessions.as_array().unwrap().iter().any(|session| session["is_current"] == true), "{sessions}");
        let approve = format!("/v1/experiences/email-approve/{}", self.approval);
        assert_eq!(api.post(&approve, None, &json!({"approve": true})).await.status, 200);
        let state = "SELECT validation_state::text FROM experience.experiences WHERE organization_email =";
        let state: String = database.value(&format!("{state} '{MAILED}'")).await;
        assert_eq!(state, "verified");
        mail.behave_towards(WAITING, Behaviour::Accept);
        database.execute("UPDATE experience.outbox SET due_at = now() WHERE last_error IS NOT NULL").await;
        mail.next(WAITING).await;
        self.community.tell(api, "new").await;
        // What came with a later release.
        self.community.manage(api, Method::POST, "/link", Some(&json!({}))).await;
    }
}

/// A community of an organization, of which one system tells.
struct Community {
    owner: Member,
    path: String,
    token: String,
    source: Value,
}

impl Community {
    async fn make(api: &Api, mail: &MailServer) -> Self {
        let owner = organization(api, mail, "Coast").await;
        let mut community = Self { owner, path: String::new(), token: String::new(), source: Value::Null };
        let made = community.manage(api, Method::POST, "", Some(&json!({"name": "Friends"}))).await;
        community.path = format!("/{}", made["id"].as_str().unwrap());
        let made = community.manage(api, Method::POST, "/tokens", Some(&json!({"name": "Importer"}))).await;
        made["token"].as_str().unwrap().clone_into(&mut community.token);
        let made = community.manage(api, Method::POST, "/sources", Some(&json!({"name": "Chat"}))).await;
        community.source = made["id"].clone();
        community
    }

    /// What the organization does with it.
    async fn manage(&self, api: &Api, method: Method, path: &str, body: Option<&Value>) -> Value {
        let path = format!("/v1/communities{}{path}", self.path);
        api.call(method, &path, Some(&self.owner.token), body).await.ok()
    }

    /// Tells something of a person, and waits until that is what is known.
    async fn tell(&self, api: &Api, bio: &str) {
        let path = format!("/community/v1/source/{}/user", self.source);
        let request = api.request(Method::POST, &path).bearer_auth(&self.token);
        let told = Answer::of(request.json(&json!({"id": "1", "email": "person@example.org", "bio": bio}))).await;
        assert_eq!(told.status, 202, "{told:?}");
        eventually("it is known", async || {
            let members = self.manage(api, Method::GET, "/members", None).await;
            (members.as_array()?.len() == 1 && members[0]["profile"]["bio"] == bio).then_some(())
        })
        .await;
    }
}
