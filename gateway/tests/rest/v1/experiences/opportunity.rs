//! The opportunity that an experience came from.

use connectus_testkit::{Answer, Person, Suite};
use reqwest::Method;
use serde_json::{Value, json};

use super::{add, create, least, newest};
use crate::{
    support::{Encoding, Target, with, without},
    v1::opportunities,
};

async fn replace(suite: &Suite, person: &Person, id: &str, body: &Value) -> Answer {
    let target = Target::new(Method::PUT, format!("/v1/experiences/resolve/{id}"), Some(&person.token));
    target.send(&suite.api, Encoding::Json, body).await
}

#[tokio::test]
async fn its_description_stands_for_one_that_is_not_given() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let opportunity = opportunities::add(&suite, &help, &opportunities::least()).await;
    let from = with(&without(&least(), "description"), &json!({"opportunity": opportunity, "organization": help.id}));
    for body in [&from, &with(&from, &json!({"description": " "}))] {
        let id = add(&suite, &ann, body).await;
        let seen = newest(&suite, &ann).await;
        assert_eq!((&seen["opportunity"], &seen["description"]), (&json!(opportunity), &json!("Sing.")));
        assert_eq!(replace(&suite, &ann, &id, &with(&from, &json!({"description": "I sang."}))).await.status, 200);
        assert_eq!(newest(&suite, &ann).await["description"], "I sang.");
        assert_eq!(replace(&suite, &ann, &id, &from).await.status, 200);
        assert_eq!(newest(&suite, &ann).await["description"], "Sing.");
    }
}

#[tokio::test]
async fn it_must_be_there_and_of_the_organization_that_is_asked() {
    let suite = Suite::start().await;
    let (ann, help, care) =
        (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
    let opportunity = opportunities::add(&suite, &help, &opportunities::least()).await;
    let id = add(&suite, &ann, &with(&least(), &json!({"organization": care.id}))).await;
    let before = newest(&suite, &ann).await;
    for (opportunity, error) in [
        ("x", (404, 4006, "Opportunity not found.".to_owned())),
        ("0193e0d2-0000-7000-8000-000000000000", (404, 4006, "Opportunity not found.".to_owned())),
        (&opportunity, (400, 4007, "Opportunity of another organization.".to_owned())),
    ] {
        let body = with(&least(), &json!({"organization": care.id, "opportunity": opportunity}));
        assert_eq!(create(&ann).send(&suite.api, Encoding::Json, &body).await.error(), error);
        assert_eq!(replace(&suite, &ann, &id, &body).await.error(), error);
    }
    assert_eq!(newest(&suite, &ann).await, before);
    let listed = suite.api.get("/v1/experiences", Some(&ann.token)).await.ok();
    assert_eq!(listed, json!([before]));
}
