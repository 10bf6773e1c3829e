//! `PATCH /v1/account`.

use connectus_testkit::{Person, Suite};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ENCODINGS, Encoding, Target, with};

fn change(person: &Person) -> Target {
    Target::new(Method::PATCH, "/v1/account", Some(&person.token))
}

async fn account(suite: &Suite, person: &Person) -> Value {
    suite.api.get("/v1/account", Some(&person.token)).await.ok()
}

/// Pictures that somebody has chosen.
fn pictures(number: usize) -> Value {
    json!({"avatar": format!("https://img.example.org/{number}.png"), "header": format!("https://img.example.org/{number}.jpg")})
}

#[tokio::test]
async fn a_person_changes_every_field_in_every_encoding() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for (number, (encoding, gender)) in ENCODINGS.into_iter().zip(["Female", "Male", "Other"]).enumerate() {
        let names = json!({
            "first_name": format!("Anna{number}"), "middle_name": format!("Mé{number}"), "last_name": format!("O'{number}"),
            "birthday": format!("02/2{number}/1991"), "gender": gender,
        });
        let fields = with(&names, &pictures(number));
        let ignored = json!({"preferred_name": "x", "email": "x@example.org", "type": "Organization", "id": "x"});
        let before = account(&suite, &ann).await;
        let answer = change(&ann).send(&suite.api, encoding, &with(&fields, &ignored)).await.ok();
        assert_eq!(answer, with(&before, &fields), "{encoding:?}");
        assert_eq!(account(&suite, &ann).await, answer, "{encoding:?}");
    }
}

#[tokio::test]
async fn an_organization_changes_every_field_in_every_encoding() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    for (number, encoding) in ENCODINGS.into_iter().enumerate() {
        let fields = with(&pictures(number), &json!({"preferred_name": format!("Help & {number}")}));
        let ignored = json!({"first_name": "x", "birthday": "nonsense", "gender": "nonsense", "is_verified": true});
        let before = account(&suite, &help).await;
        let answer = change(&help).send(&suite.api, encoding, &with(&fields, &ignored)).await.ok();
        assert_eq!(answer, with(&before, &fields), "{encoding:?}");
        assert_eq!(account(&suite, &help).await, answer, "{encoding:?}");
    }
}

#[tokio::test]
async fn what_is_not_sent_stays_and_what_is_sent_empty_is_taken_back() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let new = account(&suite, &ann).await;
    for fields in [
        json!({"last_name": "Lee"}),
        json!({"gender": "Other"}),
        json!({"avatar": "https://img.example.org/a.png"}),
        json!({}),
        json!({"unknown": "x"}),
    ] {
        change(&ann).send(&suite.api, Encoding::Json, &fields).await.ok();
    }
    let changes = json!({"last_name": "Lee", "gender": "Other", "avatar": "https://img.example.org/a.png"});
    assert_eq!(account(&suite, &ann).await, with(&new, &changes));
    let empty = json!({"last_name": "", "gender": "", "avatar": ""});
    let answer = change(&ann).send(&suite.api, Encoding::Json, &empty).await.ok();
    assert_eq!(answer, new, "it has the picture again that is made of its id");
}

#[tokio::test]
async fn invalid_fields_are_named_and_nothing_changes() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let before = account(&suite, &ann).await;
    let mut cases = Vec::new();
    for field in ["first_name", "middle_name", "last_name", "birthday", "gender", "avatar", "header"] {
        for bad in [json!("x".repeat(2001)), json!(null), json!(7), json!(["x"])] {
            cases.push((json!({"last_name": "Lee", field: bad}), field));
        }
    }
    for (fields, field) in [
        (json!({"first_name": " "}), "first_name"),
        (json!({"birthday": ""}), "birthday"),
        (json!({"birthday": "1990-04-30"}), "birthday"),
        (json!({"birthday": "02/30/1990"}), "birthday"),
        (json!({"birthday": "01/01/2999"}), "birthday"),
        (json!({"gender": "male"}), "gender"),
        (json!({"avatar": "http://img.example.org/a.png"}), "avatar"),
        (json!({"avatar": "javascript:alert(1)"}), "avatar"),
        (json!({"header": "img.example.org/a.png"}), "header"),
    ] {
        cases.push((with(&json!({"middle_name": "Lee"}), &fields), field));
    }
    change(&ann).refuses(&suite.api, &cases).await;
    assert_eq!(account(&suite, &ann).await, before);
    let cases = [String::new(), "x".repeat(201)].map(|name| (json!({"preferred_name": name}), "preferred_name"));
    change(&help).refuses(&suite.api, &cases).await;
}

#[tokio::test]
async fn an_account_that_is_gone_is_not_found() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.database.execute(&format!("DELETE FROM account.accounts WHERE id = '{}'", ann.id)).await;
    let answer = change(&ann).send(&suite.api, Encoding::Json, &json!({"last_name": "Lee"})).await;
    assert_eq!(answer.error(), (404, 4000, "Account not found.".to_owned()));
}
