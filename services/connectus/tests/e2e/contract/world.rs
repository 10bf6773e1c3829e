//! Accounts, experiences and mailed links in every state that the contract speaks of.

use connectus_testkit::{Answer, Api, Database, MailServer, eventually};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{
    additions::confirm_path,
    network::{Gatherings, Neighbours, Offers},
};

pub(crate) const PASSWORD: &str = "correct horse battery";
/// The id of nothing at all.
pub(crate) const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

/// Somebody who is registered, verified and logged in.
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) token: String,
}

/// The accounts and what they have.
pub(crate) struct World {
    pub(crate) api: Api,
    pub(crate) user: Member,
    pub(crate) organization: Member,
    /// A token of a user whose account is gone from the account service.
    pub(crate) vanished: Member,
    /// A token of a user whose address is not verified any more.
    pub(crate) unverified: Member,
    /// The address of somebody who registered and did not verify it.
    pub(crate) newcomer: String,
    /// The address of an account that an operator has locked.
    pub(crate) locked: String,
    /// An experience that waits for the organization.
    pub(crate) on_site: String,
    /// An experience that asks nobody.
    pub(crate) unasked: String,
    /// An experience that is confirmed by mail.
    pub(crate) by_mail: String,
    /// The link that confirms it.
    pub(crate) approval: String,
    /// A link that confirms an experience of the account that is gone.
    pub(crate) vanished_approval: String,
    /// A token to choose a new password.
    pub(crate) reset: String,
    /// The same of an account that is gone.
    pub(crate) vanished_reset: String,
    /// A token to verify an address.
    pub(crate) verification: String,
    /// The same of an account that is gone.
    pub(crate) vanished_verification: String,
    /// A change of address.
    pub(crate) change: EmailChange,
    /// The same of an account that is gone.
    pub(crate) vanished_change: EmailChange,
    /// A token to undo a change when somebody else has the old address by now.
    pub(crate) taken_undo: String,
    /// Who stands in some relation to the user.
    pub(crate) neighbours: Neighbours,
    /// What organizations need people for.
    pub(crate) offers: Offers,
    /// What organizations gather about their people.
    pub(crate) gatherings: Gatherings,
}

/// The tokens that a change of address mails.
pub(crate) struct EmailChange {
    /// To the new address: it confirms the change.
    pub(crate) confirm: String,
    /// To the old one: it undoes it.
    pub(crate) undo: String,
}

impl World {
    /// Makes it.
    pub(crate) async fn make(api: &Api, database: &Database, mail: &MailServer) -> Self {
        let user = member(api, mail, "Uma").await;
        let organization = organization(api, mail, "Org").await;
        let vanished = member(api, mail, "Vera").await;
        let unverified = member(api, mail, "Una").await;
        let (newcomer, verification) = newcomer(api, mail, "newcomer@example.org").await;
        let (_, vanished_verification) = newcomer_who_vanishes(api, database, mail).await;
        let on_site = experience(api, &user, json!({"organization": organization.id, "email_verify": false})).await;
        let unasked = experience(api, &user, json!({"email_verify": false})).await;
        let by_mail = experience(api, &user, json!({"organization": "boss@example.org", "email_verify": true})).await;
        let approval = mail.next("boss@example.org").await.token().to_owned();
        experience(api, &vanished, json!({"organization": "chef@example.org", "email_verify": true})).await;
        let vanished_approval = mail.next("chef@example.org").await.token().to_owned();
        let reset = reset_token(api, mail, &user.email).await;
        let vanished_reset = reset_token(api, mail, &vanished.email).await;
        let neighbours = Neighbours::make(api, database, mail, &user).await;
        let world = Self {
            api: api.clone(),
            neighbours,
            offers: Offers::make(api, database, mail, &organization).await,
            gatherings: Gatherings::make(api, database, mail, &organization).await,
            user,
            organization,
            vanished,
            unverified,
            newcomer,
            locked: locked(api, database, mail).await,
            on_site,
            unasked,
            by_mail,
            approval,
            vanished_approval,
            reset,
            vanished_reset,
            verification,
            vanished_verification,
            change: email_change(api, mail, "Chloe").await,
            vanished_change: vanished_email_change(api, database, mail).await,
            taken_undo: taken_undo_token(api, mail).await,
        };
        world.let_vanish(database).await;
        world.take_verification_back(database).await;
        world
    }

    async fn let_vanish(&self, database: &Database) {
        for table in ["auth.accounts", "account.accounts"] {
            database.execute(&format!("DELETE FROM {table} WHERE id = '{}'", self.vanished.id)).await;
        }
    }

    /// Does what a change of address will do.
    async fn take_verification_back(&self, database: &Database) {
        let change = "INSERT INTO auth.access_changes (account_id, min_generation, email_verified, expires_at)";
        database.execute(&format!("{change} VALUES ('{}', 0, false, now() + '1 day')", self.unverified.id)).await;
        // Each service learns of it for itself.
        for path in ["/v1/account", "/v1/experiences", "/v1/notifications", "/v1/communities", "/v1/auth/sessions"] {
            eventually("it is known that the address is not verified", async || {
                (self.api.get(path, Some(&self.unverified.token)).await.status == 401).then_some(())
            })
            .await;
        }
    }

    /// What nobody is to find in a log.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        // The end of every address, a name, and a description.
        let mut secrets = vec!["example.org", "Uma", "Collected litter", PASSWORD];
        for member in [&self.user, &self.organization, &self.vanished, &self.unverified] {
            secrets.push(&member.token);
        }
        secrets
            .extend([&self.approval, &self.vanished_approval, &self.reset, &self.vanished_reset].map(String::as_str));
        secrets.extend([&self.verification, &self.vanished_verification, &self.taken_undo].map(String::as_str));
        for change in [&self.change, &self.vanished_change] {
            secrets.extend([&change.confirm, &change.undo].map(String::as_str));
        }
        secrets
    }

    /// A request without a token.
    pub(crate) fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.api.request(method, path)
    }

    /// A request with the token of a member.
    pub(crate) fn by(&self, member: &Member, method: Method, path: &str) -> RequestBuilder {
        self.api.request(method, path).header("x-access-token", &member.token)
    }
}

/// What one registers a user with.
pub(crate) fn user_body(email: &str) -> Value {
    json!({"type": "user", "email": email, "password": PASSWORD, "first_name": "Uma", "birthday": "04/30/1990"})
}

/// What one registers an organization with.
pub(crate) fn organization_body(email: &str) -> Value {
    json!({"type": "organization", "email": email, "password": PASSWORD, "preferred_name": "Org", "is_nonprofit": true})
}

/// What one writes down an experience with, and what is said about its organization.
pub(crate) fn experience_body(organization: &Value) -> Value {
    let mut body = json!({
        "location": {"city": "Bonn"},
        "name": "Beach cleanup",
        "description": "Collected litter",
        "when": {"begin": "May 1", "end": "May 2"},
        "hours": 6,
    });
    for (name, value) in organization.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// Registers a user, verifies the address by the mailed link, and logs in.
pub(crate) async fn member(api: &Api, mail: &MailServer, name: &str) -> Member {
    let email = format!("{}@example.org", name.to_lowercase());
    settle(api, mail, user_body(&email)).await
}

/// The same for an organization.
pub(crate) async fn organization(api: &Api, mail: &MailServer, name: &str) -> Member {
    let email = format!("{}@example.org", name.to_lowercase());
    settle(api, mail, organization_body(&email)).await
}

async fn settle(api: &Api, mail: &MailServer, registration: Value) -> Member {
    let email = registration["email"].as_str().unwrap().to_owned();
    api.post("/v1/auth/register", None, &registration).await.ok();
    let link = mail.next(&email).await.link().to_owned();
    let path = link.strip_prefix(api.url()).expect("the link leads to the gateway");
    assert_eq!(api.get(path, None).await.status, 200);
    let token = login(api, &email, PASSWORD).await;
    let account = eventually("the account is there", async || {
        let answer = api.get("/v1/account", Some(&token)).await;
        (answer.status == 200).then(|| answer.json())
    })
    .await;
    Member { id: account["id"].as_str().unwrap().to_owned(), email, token }
}

/// Logs in.
pub(crate) async fn login(api: &Api, id: &str, password: &str) -> String {
    let answer = api.post("/v1/auth/login", None, &json!({"id": id, "password": password})).await.ok();
    answer["token"].as_str().unwrap().to_owned()
}

async fn newcomer(api: &Api, mail: &MailServer, email: &str) -> (String, String) {
    api.post("/v1/auth/register", None, &user_body(email)).await.ok();
    (email.to_owned(), mail.next(email).await.token().to_owned())
}

async fn newcomer_who_vanishes(api: &Api, database: &Database, mail: &MailServer) -> (String, String) {
    let (email, token) = newcomer(api, mail, "gone@example.org").await;
    database.execute(&format!("DELETE FROM auth.accounts WHERE email = '{email}'")).await;
    (email, token)
}

async fn locked(api: &Api, database: &Database, mail: &MailServer) -> String {
    let Member { id, email, .. } = member(api, mail, "Lou").await;
    database.execute(&format!("UPDATE auth.accounts SET locked_at = now() WHERE id = '{id}'")).await;
    email
}

/// Changes a new member's address.
async fn email_change(api: &Api, mail: &MailServer, name: &str) -> EmailChange {
    let Member { email, token, .. } = member(api, mail, name).await;
    let new = format!("new.{email}");
    api.post("/v1/auth/change-email", Some(&token), &json!({"password": PASSWORD, "email": new})).await.ok();
    let [confirm, undo] = [mail.next(&new).await, mail.next(&email).await].map(|mail| mail.token().to_owned());
    EmailChange { confirm, undo }
}

async fn vanished_email_change(api: &Api, database: &Database, mail: &MailServer) -> EmailChange {
    let change = email_change(api, mail, "Gil").await;
    database.execute("DELETE FROM auth.accounts WHERE email = 'gil@example.org'").await;
    change
}

async fn taken_undo_token(api: &Api, mail: &MailServer) -> String {
    let EmailChange { confirm, undo } = email_change(api, mail, "Tess").await;
    assert_eq!(api.call(Method::POST, &confirm_path(&confirm), None, None).await.status, 200);
    // Somebody who has proved to read it: others would not keep it.
    member(api, mail, "Tess").await;
    undo
}

/// Writes down an experience, and returns its id.
pub(crate) async fn experience(api: &Api, user: &Member, organization: Value) -> String {
    let created: Answer = api.post("/v1/experiences", Some(&user.token), &experience_body(&organization)).await;
    created.ok()["id"].as_str().unwrap().to_owned()
}

/// Asks for a new password, and returns the token from the mail.
pub(crate) async fn reset_token(api: &Api, mail: &MailServer, email: &str) -> String {
    api.post("/v1/request-password-reset", None, &json!({"email": email})).await.ok();
    mail.next(email).await.token().to_owned()
}
