//! What is tried too often: a code of its own, and when to come back.

use connectus_testkit::{Answer, PASSWORD, Suite};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Encoding, Target, with};

/// Sends a body so many times at once, and returns the answers to those that were too many.
async fn refused(suite: &Suite, target: &Target, body: &Value, times: usize) -> Vec<Answer> {
    let answers = join_all((0..times).map(|_| target.send(&suite.api, Encoding::Json, body))).await;
    answers.into_iter().filter(|answer| answer.status == 429).collect()
}

fn assert_throttled(answer: &Answer, longest: u64) {
    assert_eq!(answer.error(), (429, 4290, "Too many requests.".to_owned()));
    let wait: u64 = answer.header("retry-after").expect("when to come back").parse().unwrap();
    assert!((1..=longest).contains(&wait), "{wait}");
}

#[tokio::test]
async fn guesses_at_a_password_come_to_an_end_wherever_it_is_asked_for() {
    let suite = Suite::start().await;
    let guess = json!({"password": "another password"});
    for (name, path, more) in [
        ("Ann", "/v1/auth/login", json!({"id": "ann@example.org"})),
        ("Ben", "/v1/auth/change-password", json!({"new_password": "a new password"})),
        ("Cid", "/v1/auth/change-email", json!({"email": "new@example.org"})),
        ("Dan", "/v1/account/delete", json!({})),
    ] {
        let person = suite.user(name).await;
        let target = Target::new(Method::POST, path, Some(&person.token));
        // The login that she began with has been forgiven.
        let too_many = refused(&suite, &target, &with(&guess, &more), 22).await;
        assert_eq!(too_many.len(), 2, "{path}");
        assert_throttled(&too_many[0], 60);
        let right = json!({"id": person.email, "password": PASSWORD});
        assert_throttled(&target.send(&suite.api, Encoding::Json, &with(&right, &more)).await, 60);
    }
}

#[tokio::test]
async fn mails_that_strangers_ask_for_come_to_an_end() {
    let suite = Suite::start().await;
    let registration = json!({
        "email": "new@example.org", "password": PASSWORD, "type": "user", "first_name": "Ann", "birthday": "04/30/1990",
    });
    for (path, body) in [
        ("/v1/auth/register", registration),
        ("/v1/auth/resend-verification", json!({"email": "some@example.org"})),
        ("/v1/request-password-reset", json!({"email": "other@example.org"})),
    ] {
        let too_many = refused(&suite, &Target::post(path), &body, 12).await;
        assert_eq!(too_many.len(), 2, "{path}");
        assert_throttled(&too_many[0], 600);
    }
}

#[tokio::test]
async fn mails_to_those_who_are_to_confirm_come_to_an_end() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let asked = |email: &str| json!({"name": "x", "description": "y", "organization": email, "email_verify": true});
    let create = Target::new(Method::POST, "/v1/experiences", Some(&ann.token));
    let id = create.send(&suite.api, Encoding::Json, &asked("boss@example.org")).await.ok()["id"].clone();
    let too_many = refused(&suite, &create, &asked("chef@example.org"), 12).await;
    assert_eq!(too_many.len(), 2);
    assert_throttled(&too_many[0], 3600);
    let path = format!("/v1/experiences/resolve/{}", id.as_str().unwrap());
    let replace = Target::new(Method::PUT, path, Some(&ann.token));
    assert_throttled(&replace.send(&suite.api, Encoding::Json, &asked("chef@example.org")).await, 3600);
    replace.send(&suite.api, Encoding::Json, &asked("boss@example.org")).await.ok();
}

#[tokio::test]
async fn likes_and_shares_come_to_an_end_and_go_on() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let post = suite.api.post("/v1/posts", Some(&ann.token), &json!({"content": "Hello"})).await.ok()["id"].clone();
    let act = async |act: &str| {
        let path = format!("/v1/posts/{}/{act}", post.as_str().unwrap());
        Target::new(Method::POST, path, Some(&ann.token)).send(&suite.api, Encoding::Json, &json!({})).await
    };
    suite.database.execute("DELETE FROM social.throttles").await;
    act("like").await.ok();
    let too_many = "UPDATE social.throttles SET expires_at = now() + interval '1 day'";
    suite.database.execute(too_many).await;
    for what in ["like", "unlike", "share", "unshare"] {
        assert_throttled(&act(what).await, 86_400);
    }
    suite.database.execute("UPDATE social.throttles SET expires_at = now()").await;
    act("unlike").await.ok();
}
