//! Ids of the former system, which are taken wherever an id is.

use connectus_platform::ids;
use connectus_proto::{
    account::v1::{CreateAccountRequest, create_account_request::Owner},
    auth::v1::{OrganizationRegistration, VerifyEmailRequest},
};
use connectus_testkit::{PASSWORD, Suite, people::user_registration};
use reqwest::Method;
use serde_json::json;

const FORMER: &str = "507f1f77bcf86cd799439011";

/// The same id as it is written now.
fn present() -> String {
    ids::former(FORMER).unwrap().to_string()
}

/// Makes an organization of the former system.
async fn former_organization(suite: &Suite) {
    let request = CreateAccountRequest {
        account_id: present(),
        email: "help@example.org".to_owned(),
        create_time: Some(prost_types::Timestamp { seconds: 1_400_000_000, nanos: 0 }),
        owner: Some(Owner::Organization(OrganizationRegistration {
            preferred_name: "Help".to_owned(),
            is_nonprofit: true,
        })),
    };
    suite.account_internal().create_account(suite.as_service(request)).await.unwrap();
}

#[tokio::test]
async fn an_account_is_found_by_its_former_id() {
    let suite = Suite::start().await;
    former_organization(&suite).await;
    for id in [FORMER, &FORMER.to_uppercase(), &present()] {
        let account = suite.api.get(&format!("/v1/accounts/{id}"), None).await.ok();
        assert_eq!((&account["id"], &account["preferred_name"]), (&json!(present()), &json!("Help")), "{id}");
        let profile = suite.api.get(&format!("/v1/accounts/{id}/profile"), None).await.ok();
        assert_eq!(profile["type"], "Organization", "{id}");
        let none = suite.api.get(&format!("/v1/accounts/{id}/experiences"), None).await;
        assert_eq!((none.status, none.error().1), (404, 4002), "{id}");
    }
}

#[tokio::test]
async fn a_body_may_name_an_account_by_its_former_id() {
    let suite = Suite::start().await;
    former_organization(&suite).await;
    let (ann, aid) = (suite.user("Ann").await, suite.organization("Aid").await);
    let experience = json!({"name": "Soup", "description": "x", "organization": FORMER, "email_verify": false});
    suite.api.post("/v1/experiences", Some(&ann.token), &experience).await.ok();
    let listed = suite.api.get("/v1/experiences", Some(&ann.token)).await.ok();
    assert_eq!(listed[0]["organization"], present());
    for (person, path, field) in [(&ann, "/v1/settings", "blocked_users"), (&aid, "/v1/profile", "affiliated_orgs")] {
        let body = json!({field: [FORMER]});
        suite.api.call(Method::PATCH, path, Some(&person.token), Some(&body)).await.ok();
        assert_eq!(suite.api.get(path, Some(&person.token)).await.ok()[field], json!([present()]));
    }
}

#[tokio::test]
async fn an_experience_is_changed_and_deleted_by_its_former_id() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let experience = json!({"name": "Soup", "description": "x", "email_verify": false});
    suite.api.post("/v1/experiences", Some(&ann.token), &experience).await.ok();
    suite.database.execute(&format!("UPDATE experience.experiences SET id = '{}'", present())).await;
    let path = format!("/v1/experiences/resolve/{FORMER}");
    let change = json!({"name": "More soup", "description": "x"});
    suite.api.call(Method::PUT, &path, Some(&ann.token), Some(&change)).await.ok();
    assert_eq!(suite.api.get("/v1/experiences", Some(&ann.token)).await.ok()[0]["name"], "More soup");
    suite.api.call(Method::DELETE, &path, Some(&ann.token), None).await.ok();
    assert_eq!(suite.api.get("/v1/experiences", Some(&ann.token)).await.ok(), json!([]));
}

#[tokio::test]
async fn people_log_in_with_their_former_id() {
    let suite = Suite::start().await;
    suite.auth().register(user_registration("Ann")).await.unwrap();
    let token = suite.mail.next("ann@example.org").await.token().to_owned();
    suite.auth().verify_email(VerifyEmailRequest { token }).await.unwrap();
    suite.database.execute(&format!("UPDATE auth.accounts SET id = '{}'", present())).await;
    let answer = suite.api.post("/v1/auth/login", None, &json!({"id": FORMER, "password": PASSWORD})).await.ok();
    assert!(answer["token"].is_string());
}
