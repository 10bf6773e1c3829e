//! `POST /v1/auth/logout` and `POST /v1/auth/logout-everywhere`.

use connectus_testkit::{PASSWORD, Suite, eventually};
use serde_json::{Value, json};

const SERVED_BY_EACH: [&str; 3] = ["/v1/auth/sessions", "/v1/account", "/v1/experiences"];

/// Waits until every service refuses a token.
async fn until_refused(suite: &Suite, token: &str) {
    for path in SERVED_BY_EACH {
        eventually("the token is refused", async || {
            let answer = suite.api.get(path, Some(token)).await;
            (answer.status == 401).then(|| assert_eq!(answer.error().1, 3001))
        })
        .await;
    }
}

#[tokio::test]
async fn a_logout_ends_the_session_and_no_other() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let elsewhere = suite.login(&ann.email, PASSWORD).await;
    let answer = suite.api.post("/v1/auth/logout", Some(&ann.token), &Value::Null).await;
    assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
    until_refused(&suite, &ann.token).await;
    for path in SERVED_BY_EACH {
        suite.api.get(path, Some(&elsewhere)).await.ok();
    }
}

#[tokio::test]
async fn a_logout_everywhere_ends_every_session_and_whoever_knows_the_password_comes_back() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let elsewhere = suite.login(&ann.email, PASSWORD).await;
    let answer = suite.api.post("/v1/auth/logout-everywhere", Some(&ann.token), &Value::Null).await;
    assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
    until_refused(&suite, &ann.token).await;
    until_refused(&suite, &elsewhere).await;
    suite.api.get("/v1/account", Some(&ben.token)).await.ok();
    let again = suite.login(&ann.email, PASSWORD).await;
    suite.api.get("/v1/account", Some(&again)).await.ok();
}
