//! `PUT` and `DELETE /v1/experiences/resolve/:id`.

use connectus_testkit::{Person, Suite};
use reqwest::Method;
use serde_json::json;

use super::{add, full, least, newest, shown};
use crate::support::{ENCODINGS, Encoding, Target, with, without};

fn replace(person: &Person, id: &str) -> Target {
    Target::new(Method::PUT, format!("/v1/experiences/resolve/{id}"), Some(&person.token))
}

fn delete(person: &Person, id: &str) -> Target {
    Target { method: Method::DELETE, ..replace(person, id) }
}

#[tokio::test]
async fn the_whole_experience_is_replaced_in_every_encoding() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let id = add(&suite, &ann, &least()).await;
    for (encoding, hours) in ENCODINGS.into_iter().zip(1..) {
        let body = with(&full(), &json!({"hours": hours}));
        let sent = with(&without(&body, "email_verify"), &json!({"is_verified": true, "unknown": "x"}));
        let answer = replace(&ann, &id).send(&suite.api, encoding, &sent).await;
        assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
        let seen = newest(&suite, &ann).await;
        assert_eq!(seen, shown(&body, &json!(id), &seen["created_at"], false), "{encoding:?}");
    }
    replace(&ann, &id).send(&suite.api, Encoding::Json, &json!({"name": "x", "description": "y"})).await.ok();
    let seen = newest(&suite, &ann).await;
    assert_eq!(
        [&seen["hours"], &seen["when"]["begin"], &seen["location"]["city"]],
        [&json!(0), &json!(""), &json!("")]
    );
}

#[tokio::test]
async fn whether_it_is_confirmed_by_mail_stays_and_whoever_is_to_confirm_is_asked_anew() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let id = add(&suite, &ann, &with(&least(), &json!({"organization": help.id}))).await;
    let approve = format!("/v1/experiences/validations/{}/{id}", ann.id);
    suite.api.post(&approve, Some(&help.token), &json!({"approve": true})).await.ok();
    assert_eq!(newest(&suite, &ann).await["is_verified"], true);
    let body = with(&least(), &json!({"organization": help.id, "email_verify": true}));
    replace(&ann, &id).send(&suite.api, Encoding::Json, &body).await.ok();
    let seen = newest(&suite, &ann).await;
    assert_eq!((&seen["is_verified"], &seen["email_verify"]), (&json!(false), &json!(false)));
    let inbox = suite.api.get("/v1/experiences/validations", Some(&help.token)).await.ok();
    assert_eq!(inbox, json!([{"user_id": ann.id, "experience_id": id}]));
}

#[tokio::test]
async fn replacing_or_deleting_withdraws_the_mailed_link() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let body = with(&least(), &json!({"organization": "boss@example.org", "email_verify": true}));
    let id = add(&suite, &ann, &body).await;
    let mut links = vec![suite.mail.next("boss@example.org").await];
    replace(&ann, &id).send(&suite.api, Encoding::Json, &body).await.ok();
    links.push(suite.mail.next("boss@example.org").await);
    delete(&ann, &id).send(&suite.api, Encoding::Json, &json!({})).await.ok();
    for mail in links {
        let path = format!("/v1/experiences/email-approve/{}", mail.token());
        assert_eq!(suite.api.get(&path, None).await.status, 404);
        assert_eq!(suite.api.post(&path, None, &json!({"approve": true})).await.status, 404);
    }
}

#[tokio::test]
async fn deleting_it_withdraws_the_request_too() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let id = add(&suite, &ann, &with(&least(), &json!({"organization": help.id}))).await;
    let path = delete(&ann, &id).path;
    let answer = suite.api.call(Method::DELETE, &path, Some(&ann.token), None).await;
    assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
    for (list, token) in [("/v1/experiences", &ann.token), ("/v1/experiences/validations", &help.token)] {
        assert_eq!(suite.api.get(list, Some(token)).await.ok(), json!([]));
    }
}

#[tokio::test]
async fn only_its_own_person_changes_it() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let id = add(&suite, &ann, &full()).await;
    for (who, id, error) in [
        (&ben, id.as_str(), (404, 4002, "Experience not found with supplied ID.".to_owned())),
        (&ann, "x", (404, 4002, "Experience not found with supplied ID.".to_owned())),
        (&ann, "%00", (404, 4002, "Experience not found with supplied ID.".to_owned())),
        (&help, &id, (400, 4000, "Incorrect account type, user account required.".to_owned())),
    ] {
        for target in [replace(who, id), delete(who, id)] {
            let answer = target.send(&suite.api, Encoding::Json, &least()).await;
            assert_eq!(answer.error(), error, "{target:?}");
        }
    }
    let seen = newest(&suite, &ann).await;
    assert_eq!(seen, shown(&full(), &json!(id), &seen["created_at"], false));
}

#[tokio::test]
async fn invalid_fields_are_named_and_nothing_changes() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let on_site = add(&suite, &ann, &with(&full(), &json!({"organization": help.id}))).await;
    let before = newest(&suite, &ann).await;
    let cases = [
        (with(&full(), &json!({"name": ""})), "name"),
        (with(&full(), &json!({"hours": -1})), "hours"),
        (with(&full(), &json!({"when": {"end": "x".repeat(65)}})), "when.end"),
        (with(&full(), &json!({"location": {"city": "x".repeat(201)}})), "location.city"),
        (with(&full(), &json!({"organization": null})), "organization"),
        (with(&full(), &json!({"email_verify": 1})), "email_verify"),
    ];
    replace(&ann, &on_site).refuses(&suite.api, &cases).await;
    let answer =
        replace(&ann, &on_site).send(&suite.api, Encoding::Json, &with(&full(), &json!({"organization": "x"}))).await;
    assert_eq!(answer.error(), (404, 4005, "Organization not found.".to_owned()));
    assert_eq!(newest(&suite, &ann).await, before);
    let by_mail = with(&full(), &json!({"organization": "boss@example.org", "email_verify": true}));
    let by_mail = add(&suite, &ann, &by_mail).await;
    let cases = [
        (with(&full(), &json!({"organization": help.id})), "organization"),
        (with(&full(), &json!({"organization": ""})), "organization"),
        (with(&full(), &json!({"organization": ann.email})), "organization"),
    ];
    replace(&ann, &by_mail).refuses(&suite.api, &cases).await;
}
