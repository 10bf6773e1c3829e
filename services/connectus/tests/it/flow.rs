//! The way from registering to a confirmed experience.

use reqwest::StatusCode;
use serde_json::json;

use crate::suite::SHARED;

#[tokio::test]
async fn an_organization_confirms_an_experience_on_the_site() {
    let suite = &*SHARED;
    let user = suite.user("flow-user@example.org").await;
    let organization = suite.organization("flow-org@example.org").await;
    let (_, account) = suite.get("/v1/account", Some(&organization)).await;
    assert_eq!(account["type"], "Organization");
    let experience = json!({
        "name": "Soup kitchen", "description": "Cooked.", "hours": 3, "email_verify": false,
        "organization": account["id"], "when": {"begin": "May", "end": "June"},
    });
    let (status, created) = suite.post("/v1/experiences", Some(&user), experience).await;
    assert_eq!(status, StatusCode::OK, "{created}");
    let (_, inbox) = suite.get("/v1/experiences/validations", Some(&organization)).await;
    assert_eq!(inbox[0]["experience_id"], created["id"]);
    let path = format!("/v1/experiences/validations/{}/{}", inbox[0]["user_id"], inbox[0]["experience_id"]);
    let path = path.replace('"', "");
    let (status, answer) = suite.post(&path, Some(&organization), json!({"approve": true})).await;
    assert_eq!((status, answer), (StatusCode::OK, json!({"message": "200 - OK"})));
    let (_, experiences) = suite.get("/v1/experiences", Some(&user)).await;
    assert_eq!(experiences[0]["is_verified"], true);
    assert_eq!(experiences[0]["when"], json!({"begin": "May", "end": "June"}));
}

#[tokio::test]
async fn somebody_confirms_an_experience_by_mail_and_only_by_deciding() {
    let suite = &*SHARED;
    let user = suite.user("mail-user@example.org").await;
    let experience = json!({
        "name": "Tutoring", "description": "Taught.", "email_verify": true, "organization": "teacher@school.org",
    });
    suite.post("/v1/experiences", Some(&user), experience).await;
    let link = suite.mailed_link("teacher@school.org", "email-approve").await;
    let path = link.strip_prefix(&suite.url).unwrap();
    let page = suite.request("GET", path).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("Tutoring"));
    let (_, experiences) = suite.get("/v1/experiences", Some(&user)).await;
    assert_eq!(experiences[0]["is_verified"], false);
    for expected in [StatusCode::OK, StatusCode::NOT_FOUND] {
        let decided = suite.request("POST", path).form(&[("approve", "true")]).send().await.unwrap();
        assert_eq!(decided.status(), expected);
    }
    let (_, experiences) = suite.get("/v1/experiences", Some(&user)).await;
    assert_eq!(experiences[0]["is_verified"], true);
    assert_eq!(experiences[0]["email_verify"], true);
}

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let suite = &*SHARED;
    let token = suite.user("reset-user@example.org").await;
    suite.post("/v1/request-password-reset", None, json!({"email": "reset-user@example.org"})).await;
    let link = suite.mailed_link("reset-user@example.org", "password-reset").await;
    let body = json!({"token": link.rsplit('/').next(), "password": "another long one"});
    assert_eq!(suite.post("/v1/auth/reset-password", None, body.clone()).await.0, StatusCode::OK);
    assert_eq!(suite.post("/v1/auth/reset-password", None, body).await.1["error"]["code"], 4001);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(1);
    while suite.get("/v1/account", Some(&token)).await.0 != StatusCode::UNAUTHORIZED {
        assert!(std::time::Instant::now() < deadline, "the token is still good after a second");
    }
    let login = json!({"id": "reset-user@example.org", "password": "another long one"});
    assert_eq!(suite.post("/v1/auth/login", None, login).await.0, StatusCode::OK);
}
