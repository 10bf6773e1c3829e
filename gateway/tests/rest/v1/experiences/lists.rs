//! Lists, page by page: `GET /v1/experiences`, `/v1/accounts/:id/experiences` and `/v1/experiences/validations`.

use connectus_testkit::{Answer, Person, Suite};
use serde_json::{Value, json};

use super::{add, least};
use crate::support::with;

/// Writes some experiences down for an organization, and returns their ids, newest first.
async fn add_some(suite: &Suite, person: &Person, organization: &Person, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.insert(0, add(suite, person, &with(&least(), &json!({"organization": organization.id}))).await);
    }
    ids
}

fn ids(answer: &Answer) -> Vec<String> {
    let list = answer.ok();
    let id = |element: &Value| element.get("experience_id").unwrap_or(&element["id"]).as_str().unwrap().to_owned();
    list.as_array().expect("a bare array").iter().map(id).collect()
}

/// The three lists, each with a token that may read it.
fn lists(ann: &Person, help: &Person) -> [(String, Option<String>); 3] {
    [
        ("/v1/experiences".to_owned(), Some(ann.token.clone())),
        (format!("/v1/accounts/{}/experiences", ann.id), None),
        ("/v1/experiences/validations".to_owned(), Some(help.token.clone())),
    ]
}

#[tokio::test]
async fn pages_cover_every_list_once_newest_first() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let all = add_some(&suite, &ann, &help, 5).await;
    for (path, token) in lists(&ann, &help) {
        let whole = suite.api.get(&path, token.as_deref()).await;
        assert_eq!(ids(&whole), all, "{path}");
        assert_eq!(whole.header("x-next-cursor"), None, "{path}");
        let (mut seen, mut query) = (Vec::new(), "limit=2".to_owned());
        for page in 1..=3 {
            let answer = suite.api.get(&format!("{path}?{query}"), token.as_deref()).await;
            seen.extend(ids(&answer));
            match answer.header("x-next-cursor") {
                Some(cursor) => query = format!("limit=2&cursor={cursor}&unknown=x"),
                None => assert_eq!(page, 3, "{path}"),
            }
        }
        assert_eq!(seen, all, "{path}");
    }
}

#[tokio::test]
async fn a_full_last_page_has_no_next() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let all = add_some(&suite, &ann, &help, 2).await;
    for (path, token) in lists(&ann, &help) {
        for limit in [2, 200] {
            let answer = suite.api.get(&format!("{path}?limit={limit}"), token.as_deref()).await;
            assert_eq!((ids(&answer), answer.header("x-next-cursor")), (all.clone(), None));
        }
    }
}

#[tokio::test]
async fn a_page_has_fifty_elements_unless_another_size_is_asked_for() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    add(&suite, &ann, &least()).await;
    let row = "experience.experiences";
    let columns: String = suite
        .database
        .value("SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE table_schema = 'experience' AND table_name = 'experiences' AND column_name <> 'id'")
        .await;
    let copies = format!(
        "INSERT INTO {row} (id, {columns}) SELECT gen_random_uuid(), {columns} FROM {row}, generate_series(1, 50)"
    );
    suite.database.execute(&copies).await;
    let first = suite.api.get("/v1/experiences", Some(&ann.token)).await;
    assert_eq!(ids(&first).len(), 50);
    let cursor = first.header("x-next-cursor").expect("one is left");
    let last = suite.api.get(&format!("/v1/experiences?cursor={cursor}"), Some(&ann.token)).await;
    assert_eq!((ids(&last).len(), last.header("x-next-cursor")), (1, None));
}

#[tokio::test]
async fn sizes_and_cursors_that_are_none_are_named() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for (path, token) in lists(&ann, &help) {
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=-1", "limit"),
            ("limit=201", "limit"),
            ("limit=x", "limit"),
            ("limit=", "limit"),
            ("limit=1.5", "limit"),
            ("limit=99999999999999999999", "limit"),
            ("limit=1&limit=2", "limit"),
            ("cursor=x", "cursor"),
            ("cursor=%00", "cursor"),
            ("cursor=%ff", "cursor"),
            ("limit=5&cursor=AAAA", "cursor"),
        ] {
            let answer = suite.api.get(&format!("{path}?{query}"), token.as_deref()).await;
            assert_eq!((answer.status, answer.error().1), (400, 4050), "{path}?{query}");
            assert_eq!(answer.header("x-error-field"), Some(field), "{path}?{query}");
        }
    }
}

#[tokio::test]
async fn lists_are_for_the_type_of_account_that_has_them() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for (path, token, message) in [
        ("/v1/experiences", &help.token, "Incorrect account type, user account required."),
        ("/v1/experiences/validations", &ann.token, "Incorrect account type, organization account required."),
    ] {
        assert_eq!(suite.api.get(path, Some(token)).await.error(), (400, 4000, message.to_owned()));
    }
}
