//! What people do, on every route of the contract, all of which go well.

use connectus_testkit::{Answer, Api, MailServer};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    additions,
    world::{Member, experience, experience_body, login, member, organization, reset_token},
};

/// Tells the whole story.
pub(super) async fn tell(api: &Api, mail: &MailServer) {
    let (ann, help) = (member(api, mail, "Ann").await, organization(api, mail, "Help").await);
    accounts(api, &ann, &help).await;
    profiles(api, &ann, &help).await;
    settings(api, &ann, &help).await;
    confirmation_on_site(api, &ann, &help).await;
    confirmation_by_mail(api, mail, &ann).await;
    withdrawal(api, &ann, &help).await;
    new_password(api, mail, &ann).await;
    additions::story(api, mail, &member(api, mail, "Bea").await).await;
}

fn done() -> Value {
    json!({"message": "200 - OK"})
}

async fn accounts(api: &Api, ann: &Member, help: &Member) {
    let own = api.get("/v1/account", Some(&ann.token)).await.ok();
    assert_eq!(
        (&own["type"], &own["email"], &own["birthday"]),
        (&json!("User"), &json!(ann.email), &json!("04/30/1990"))
    );
    let seen = api.get(&format!("/v1/accounts/{}", ann.id), None).await.ok();
    assert_eq!((&seen["id"], &seen["email"]), (&json!(ann.id), &json!("")));
    let seen = api.get(&format!("/v1/accounts/{}", help.id), None).await.ok();
    assert_eq!((&seen["type"], &seen["email"]), (&json!("Organization"), &json!(help.email)));
}

async fn profiles(api: &Api, ann: &Member, help: &Member) {
    let change = json!({"biography": "I swim.", "interests": ["sea", "litter"]});
    assert_eq!(patch(api, ann, "/v1/profile", &change).await, done());
    let change = json!({"mission": "Clean beaches", "address": {"city": "Kiel"}});
    assert_eq!(patch(api, help, "/v1/profile", &change).await, done());
    let own = api.get("/v1/profile", Some(&ann.token)).await.ok();
    assert_eq!(own, api.get(&format!("/v1/accounts/{}/profile", ann.id), None).await.ok());
    assert_eq!((&own["biography"], &own["interests"]), (&json!("I swim."), &json!(["sea", "litter"])));
    let seen = api.get(&format!("/v1/accounts/{}/profile", help.id), None).await.ok();
    assert_eq!((&seen["mission"], &seen["address"]["city"]), (&json!("Clean beaches"), &json!("Kiel")));
}

async fn settings(api: &Api, ann: &Member, help: &Member) {
    for member in [ann, help] {
        let before = api.get("/v1/settings", Some(&member.token)).await.ok();
        let turned = !before["email_notifications"].as_bool().unwrap();
        assert_eq!(patch(api, member, "/v1/settings", &json!({"email_notifications": turned})).await, done());
        let mut expected = before;
        expected["email_notifications"] = turned.into();
        assert_eq!(api.get("/v1/settings", Some(&member.token)).await.ok(), expected);
    }
}

async fn patch(api: &Api, member: &Member, path: &str, change: &Value) -> Value {
    api.call(Method::PATCH, path, Some(&member.token), Some(change)).await.ok()
}

async fn confirmation_on_site(api: &Api, ann: &Member, help: &Member) {
    let asked = json!({"organization": help.id, "email_verify": false});
    let (good, bad) = (experience(api, ann, asked.clone()).await, experience(api, ann, asked).await);
    let waiting = |id: &str| json!({"user_id": ann.id, "experience_id": id});
    let inbox = api.get("/v1/experiences/validations", Some(&help.token)).await.ok();
    assert_eq!(inbox, json!([waiting(&bad), waiting(&good)]));
    assert_eq!((is_verified(api, ann, &good).await, is_verified(api, ann, &bad).await), (false, false));
    for (id, approve) in [(&good, true), (&bad, false)] {
        let path = format!("/v1/experiences/validations/{}/{id}", ann.id);
        assert_eq!(api.post(&path, Some(&help.token), &json!({"approve": approve})).await.ok(), done());
    }
    assert_eq!(api.get("/v1/experiences/validations", Some(&help.token)).await.ok(), json!([]));
    assert_eq!((is_verified(api, ann, &good).await, is_verified(api, ann, &bad).await), (true, false));
}

async fn confirmation_by_mail(api: &Api, mail: &MailServer, ann: &Member) {
    for approve in ["true", "false"] {
        let id = experience(api, ann, json!({"organization": "coach@example.org", "email_verify": true})).await;
        let link = mail.next("coach@example.org").await.link().to_owned();
        let path = link.strip_prefix(api.url()).unwrap();
        let page = api.get(path, None).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("Beach cleanup") && !is_verified(api, ann, &id).await);
        let answer = Answer::of(api.request(Method::POST, path).form(&[("approve", approve)])).await;
        assert_eq!(answer.status, 200);
        assert_eq!(is_verified(api, ann, &id).await.to_string(), approve);
    }
}

async fn withdrawal(api: &Api, ann: &Member, help: &Member) {
    let asked = json!({"organization": help.id, "email_verify": false});
    let id = experience(api, ann, asked.clone()).await;
    let path = format!("/v1/experiences/resolve/{id}");
    let mut changed = experience_body(&asked);
    changed["hours"] = 7.into();
    let replaced = api.call(Method::PUT, &path, Some(&ann.token), Some(&changed)).await;
    assert_eq!(replaced.ok(), done());
    assert_eq!(find(api, ann, &id).await.unwrap()["hours"], 7);
    assert_eq!(api.call(Method::DELETE, &path, Some(&ann.token), None).await.ok(), done());
    assert_eq!(find(api, ann, &id).await, None);
    assert_eq!(api.get("/v1/experiences/validations", Some(&help.token)).await.ok(), json!([]));
}

async fn new_password(api: &Api, mail: &MailServer, ann: &Member) {
    let token = reset_token(api, mail, &ann.email).await;
    let body = json!({"token": token, "password": "another good one"});
    assert_eq!(api.post("/v1/auth/reset-password", None, &body).await.ok(), done());
    let token = login(api, &ann.id, "another good one").await;
    api.get("/v1/account", Some(&token)).await.ok();
}

async fn is_verified(api: &Api, ann: &Member, id: &str) -> bool {
    find(api, ann, id).await.unwrap()["is_verified"].as_bool().unwrap()
}

/// One of a person's experiences, as everybody sees it.
async fn find(api: &Api, ann: &Member, id: &str) -> Option<Value> {
    let own = api.get("/v1/experiences", Some(&ann.token)).await.ok();
    assert_eq!(own, api.get(&format!("/v1/accounts/{}/experiences", ann.id), None).await.ok());
    own.as_array().unwrap().iter().find(|experience| experience["id"] == id).cloned()
}
