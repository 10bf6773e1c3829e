//! `GET /v1/account/export`.

use connectus_testkit::Suite;
use serde_json::{Value, json};

#[tokio::test]
async fn the_file_has_what_each_service_holds_about_the_caller_and_nothing_about_others() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    for (person, name) in [(&ann, "Beach cleanup"), (&ann, "Soup"), (&ben, "Choir")] {
        let body = json!({"name": name, "description": "x", "email_verify": false});
        suite.api.post("/v1/experiences", Some(&person.token), &body).await.ok();
    }
    for (person, content) in [(&ann, "Hello"), (&ben, "Goodbye")] {
        suite.api.post("/v1/posts", Some(&person.token), &json!({"content": content})).await.ok();
    }
    let answer = suite.api.get("/v1/account/export", Some(&ann.token)).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"connectus-export.json\""));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let file = answer.ok();
    let services: Vec<&str> = file.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(services, ["account", "auth", "experience", "social"]);
    assert_eq!(file["auth"]["accounts"][0]["email"], *ann.email);
    assert_eq!(file["auth"]["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(file["account"]["accounts"][0]["id"], *ann.id);
    let names: Vec<&Value> =
        file["experience"]["experiences"].as_array().unwrap().iter().map(|experience| &experience["name"]).collect();
    assert!(names.len() == 2 && names.contains(&&json!("Soup")), "{names:?}");
    assert_eq!(file["social"]["posts"][0]["text"], "Hello");
    assert!(!answer.text.contains("Goodbye"));
    assert!(!answer.text.contains(&ben.id) && !answer.text.contains("argon2"), "{}", answer.text);
}

#[tokio::test]
async fn a_service_that_cannot_tell_is_the_routes_error_and_no_half_a_file() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for table in ["auth.sessions", "account.accounts", "experience.experiences", "social.posts"] {
        let (schema, name) = table.split_once('.').unwrap();
        suite.database.execute(&format!("ALTER TABLE {table} RENAME TO hidden")).await;
        let answer = suite.api.get("/v1/account/export", Some(&ann.token)).await;
        assert_eq!(answer.error(), (500, 4001, "Internal server error.".to_owned()), "{table}");
        assert_eq!(answer.header("content-disposition"), None, "{table}");
        suite.database.execute(&format!("ALTER TABLE {schema}.hidden RENAME TO {name}")).await;
    }
    suite.api.get("/v1/account/export", Some(&ann.token)).await.ok();
}
