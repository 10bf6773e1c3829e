//! `/v1/auth/sessions`.

use connectus_testkit::{Answer, Api, PASSWORD, Person, Suite, eventually};
use reqwest::Method;
use serde_json::{Value, json};

/// Logs somebody in from a device, and returns the token.
async fn login_from(api: &Api, person: &Person, device: &str) -> String {
    let request = api.request(Method::POST, "/v1/auth/login").header("user-agent", device);
    let answer = Answer::of(request.json(&json!({"id": person.email, "password": PASSWORD}))).await.ok();
    answer["token"].as_str().unwrap().to_owned()
}

async fn sessions(suite: &Suite, token: &str) -> Vec<Value> {
    suite.api.get("/v1/auth/sessions", Some(token)).await.ok().as_array().unwrap().clone()
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

#[tokio::test]
async fn sessions_are_listed_with_their_devices_newest_first() {
    let suite = Suite::start().await;
    let (ann, _) = (suite.user("Ann").await, suite.user("Ben").await);
    login_from(&suite.api, &ann, "Phone/1").await;
    let token = login_from(&suite.api, &ann, "Laptop/2").await;
    let listed = sessions(&suite, &token).await;
    let devices: Vec<&str> = listed.iter().map(|session| session["device"].as_str().unwrap()).collect();
    assert_eq!(&devices[..2], ["Laptop/2", "Phone/1"]);
    assert_eq!(listed.len(), 3, "those two, and the one that she began with: {listed:?}");
    let own = &listed[0];
    let expected = json!({
        "id": own["id"], "device": "Laptop/2", "address": "127.0.0.1", "created_at": own["created_at"],
        "last_used_at": own["last_used_at"], "expires_at": own["expires_at"], "is_current": true,
    });
    assert_eq!(own, &expected);
    assert!(listed[1..].iter().all(|session| session["is_current"] == false), "{listed:?}");
    for session in &listed {
        let second = |name: &str| session[name].as_u64().unwrap();
        assert!((now() - 60..=now()).contains(&second("created_at")), "{session}");
        assert!((second("created_at")..=now()).contains(&second("last_used_at")), "{session}");
        assert!(second("expires_at") > now(), "{session}");
    }
}

#[tokio::test]
async fn sessions_come_in_pages() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for device in ["One", "Two"] {
        login_from(&suite.api, &ann, device).await;
    }
    let (mut path, mut seen) = ("/v1/auth/sessions?limit=1".to_owned(), Vec::new());
    loop {
        let page = suite.api.get(&path, Some(&ann.token)).await;
        seen.extend(page.ok().as_array().unwrap().clone());
        let Some(cursor) = page.header("x-next-cursor") else { break };
        path = format!("/v1/auth/sessions?limit=1&cursor={cursor}");
    }
    assert_eq!(seen, sessions(&suite, &ann.token).await);
    for (query, field) in [("limit=0", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor")] {
        let answer = suite.api.get(&format!("/v1/auth/sessions?{query}"), Some(&ann.token)).await;
        assert_eq!(answer.error(), (400, 4050, "Bad query format.".to_owned()), "{query}");
        assert_eq!(answer.header("x-error-field"), Some(field), "{query}");
    }
}

#[tokio::test]
async fn one_session_is_ended_from_another() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let lost = login_from(&suite.api, &ann, "Lost phone").await;
    let listed = sessions(&suite, &ann.token).await;
    let id = listed.iter().find(|session| session["device"] == "Lost phone").unwrap()["id"].as_str().unwrap();
    let path = format!("/v1/auth/sessions/{id}");
    let answer = suite.api.call(Method::DELETE, &path, Some(&ann.token), None).await;
    assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
    eventually("its token is refused", async || {
        (suite.api.get("/v1/account", Some(&lost)).await.status == 401).then_some(())
    })
    .await;
    assert_eq!(sessions(&suite, &ann.token).await.len(), listed.len() - 1);
    let again = suite.api.call(Method::DELETE, &path, Some(&ann.token), None).await;
    assert_eq!(again.error(), (404, 4000, "Session not found.".to_owned()));
}

#[tokio::test]
async fn nobody_ends_the_sessions_of_others() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let id = sessions(&suite, &ann.token).await[0]["id"].as_str().unwrap().to_owned();
    for id in [&*id, "x", "me", "%00", "%ff", "507f1f77bcf86cd799439011"] {
        let answer = suite.api.call(Method::DELETE, &format!("/v1/auth/sessions/{id}"), Some(&ben.token), None).await;
        assert_eq!(answer.error(), (404, 4000, "Session not found.".to_owned()), "{id}");
    }
    suite.api.get("/v1/account", Some(&ann.token)).await.ok();
}
