//! `POST /v1/account/delete`.

use connectus_testkit::{PASSWORD, Person, Suite, eventually};
use reqwest::Method;
use serde_json::json;

use crate::support::{ENCODINGS, Encoding, Target};

fn delete(person: &Person) -> Target {
    Target::new(Method::POST, "/v1/account/delete", Some(&person.token))
}

#[tokio::test]
async fn who_says_their_password_is_gone_from_every_service_in_every_encoding() {
    let suite = Suite::start().await;
    for (encoding, name) in ENCODINGS.into_iter().zip(["Ann", "Ben", "Cid"]) {
        let person = suite.user(name).await;
        let answer = delete(&person).send(&suite.api, encoding, &json!({"password": PASSWORD, "unknown": "x"})).await;
        assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
        for below in ["", "/profile", "/experiences"] {
            let path = format!("/v1/accounts/{}{below}", person.id);
            eventually("nobody finds anything", async || {
                (suite.api.get(&path, None).await.status == 404).then_some(())
            })
            .await;
        }
        eventually("the token is refused", async || {
            (suite.api.get("/v1/experiences", Some(&person.token)).await.status == 401).then_some(())
        })
        .await;
        let login = json!({"id": person.email, "password": PASSWORD});
        assert_eq!(suite.api.post("/v1/auth/login", None, &login).await.error().1, 3101);
    }
}

#[tokio::test]
async fn whoever_does_not_know_the_password_deletes_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for wrong in ["another password", ""] {
        let answer = delete(&ann).send(&suite.api, Encoding::Json, &json!({"password": wrong})).await;
        assert_eq!(answer.error(), (400, 4002, "Wrong password.".to_owned()));
    }
    let cases = [(json!({"password": null}), "password"), (json!({"password": 7}), "password")];
    delete(&ann).refuses(&suite.api, &cases).await;
    suite.api.get("/v1/account", Some(&ann.token)).await.ok();
}

#[tokio::test]
async fn a_farewell_that_cannot_be_queued_keeps_the_account() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.database.execute("REVOKE INSERT ON auth.outbox FROM connectus_auth").await;
    let answer = delete(&ann).send(&suite.api, Encoding::Json, &json!({"password": PASSWORD})).await;
    assert_eq!(answer.error(), (500, 4003, "Issue sending the confirmation email.".to_owned()));
    suite.database.execute("GRANT INSERT ON auth.outbox TO connectus_auth").await;
    suite.login(&ann.email, PASSWORD).await;
}
