//! `GET /v1/accounts/:id/opportunities`, and the ids that an organization's account has of them.

use connectus_testkit::{Suite, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    support::with,
    v1::opportunities::{add, least, shown},
};

#[tokio::test]
async fn an_organizations_opportunities_are_listed_newest_first() {
    let suite = Suite::start().await;
    let (help, care) = (suite.organization("Help").await, suite.organization("Care").await);
    let mut ids = Vec::new();
    for number in 0..3 {
        ids.push(add(&suite, &help, &with(&least(), &json!({"name": format!("Choir {number}")}))).await);
    }
    let path = format!("/v1/accounts/{}/opportunities", help.id);
    let listed = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let first = suite.api.get(&format!("{path}?limit=2"), None).await;
    assert_eq!(listed(&first.ok()), [&*ids[2], &ids[1]]);
    let newest = first.ok()[0].clone();
    let empty = json!({
        "name": "Choir 2", "is_signups_enabled": false, "number_of_people_needed": 0, "tags": [], "method_of_contact": "",
        "address": newest["address"],
    });
    assert_eq!(newest, shown(&with(&least(), &empty), &help, &newest));
    add(&suite, &help, &least()).await;
    let cursor = first.header("x-next-cursor").unwrap();
    let second = suite.api.get(&format!("{path}?limit=2&cursor={cursor}"), None).await;
    assert_eq!((listed(&second.ok()), second.header("x-next-cursor")), (vec![ids[0].clone()], None));
    let none = suite.api.get(&format!("/v1/accounts/{}/opportunities", care.id), None).await;
    assert_eq!(none.ok(), json!([]));
}

#[tokio::test]
async fn whoever_is_no_organization_has_none() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for id in [&*ann.id, "x", "me", "0193e0d2-0000-7000-8000-000000000000"] {
        let answer = suite.api.get(&format!("/v1/accounts/{id}/opportunities"), Some(&help.token)).await;
        assert_eq!(answer.error(), (404, 4000, "Organization not found.".to_owned()), "{id}");
    }
}

#[tokio::test]
async fn the_account_of_an_organization_has_their_ids() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let path = format!("/v1/accounts/{}", help.id);
    let until = async |expected: &[&str]| {
        eventually("the account has the ids", async || {
            (suite.api.get(&path, None).await.ok()["opportunities"] == json!(expected)).then_some(())
        })
        .await;
    };
    let first = add(&suite, &help, &least()).await;
    until(&[&first]).await;
    let second = add(&suite, &help, &least()).await;
    until(&[&second, &first]).await;
    let one = format!("/v1/opportunities/{first}");
    suite.api.call(Method::DELETE, &one, Some(&help.token), None).await.ok();
    until(&[&second]).await;
}
