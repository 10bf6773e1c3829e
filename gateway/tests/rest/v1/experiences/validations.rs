//! `POST /v1/experiences/validations/:userid/:id`.

use connectus_testkit::{Person, Suite};
use serde_json::{Value, json};

use super::{add, least, newest};
use crate::support::{ENCODINGS, Encoding, Target, with};

fn decide(organization: &Person, person: &Person, id: &str) -> Target {
    let path = format!("/v1/experiences/validations/{}/{id}", person.id);
    Target::new(reqwest::Method::POST, path, Some(&organization.token))
}

/// An experience that waits for an organization.
async fn pending(suite: &Suite, person: &Person, organization: &Person) -> String {
    add(suite, person, &with(&least(), &json!({"organization": organization.id}))).await
}

async fn inbox(suite: &Suite, organization: &Person) -> Value {
    suite.api.get("/v1/experiences/validations", Some(&organization.token)).await.ok()
}

#[tokio::test]
async fn an_organization_confirms_or_declines_once_in_every_encoding() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for encoding in ENCODINGS {
        for approve in [true, false] {
            let id = pending(&suite, &ann, &help).await;
            assert_eq!(inbox(&suite, &help).await, json!([{"user_id": ann.id, "experience_id": id}]));
            let body = json!({"approve": approve, "unknown": "x"});
            let answer = decide(&help, &ann, &id).send(&suite.api, encoding, &body).await;
            assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
            let experience = newest(&suite, &ann).await;
            assert_eq!((&experience["id"], &experience["is_verified"]), (&json!(id), &json!(approve)));
            assert_eq!(inbox(&suite, &help).await, json!([]));
            let again = decide(&help, &ann, &id).send(&suite.api, encoding, &json!({"approve": !approve})).await;
            assert_eq!(again.error(), (404, 4002, "Experience validation request not found.".to_owned()));
            assert_eq!(newest(&suite, &ann).await["is_verified"], approve);
        }
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_order_of_the_contract() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (help, aid) = (suite.organization("Help").await, suite.organization("Aid").await);
    let id = pending(&suite, &ann, &help).await;
    let nobody = Person { id: "x".to_owned(), ..ann.clone() };
    let (good, bad) = (json!({"approve": true}), json!({"approve": "true"}));
    for (who, person, id, body, code) in [
        (&ann, &nobody, "x", &bad, 4050),
        (&ann, &nobody, "x", &good, 4000),
        (&help, &nobody, "x", &good, 4003),
        (&help, &aid, &*id, &good, 4003),
        (&help, &ben, &*id, &good, 4004),
        (&help, &ann, "x", &good, 4004),
        (&help, &ann, "%00", &good, 4004),
        (&aid, &ann, &*id, &good, 4002),
    ] {
        let answer = decide(who, person, id).send(&suite.api, Encoding::Json, body).await;
        let status = if code == 4002 { 404 } else { 400 };
        assert_eq!((answer.status, answer.error().1), (status, code), "{answer:?}");
    }
    assert_eq!(newest(&suite, &ann).await["is_verified"], false);
    assert_eq!(inbox(&suite, &help).await, json!([{"user_id": ann.id, "experience_id": id}]));
}

#[tokio::test]
async fn a_decision_that_is_none_is_refused_by_its_name() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let id = pending(&suite, &ann, &help).await;
    let target = decide(&help, &ann, &id);
    let bad = [json!(null), json!("yes"), json!(1), json!([true]), json!({})];
    let cases = bad.map(|approve| (json!({"approve": approve}), "approve"));
    target.refuses(&suite.api, &cases).await;
    for approve in ["", "yes", "1", "TRUE"] {
        let answer = target.send(&suite.api, Encoding::Urlencoded, &json!({"approve": approve})).await;
        assert_eq!((answer.error().1, answer.header("x-error-field")), (4050, Some("approve")), "{approve:?}");
    }
    assert_eq!(target.send(&suite.api, Encoding::Json, &json!({})).await.error().1, 4050);
    assert_eq!(inbox(&suite, &help).await[0]["experience_id"], *id);
}
