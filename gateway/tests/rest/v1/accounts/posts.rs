//! `GET /v1/accounts/:id/posts`, and what an account says of how many there are.

use connectus_testkit::{Person, Suite, eventually};
use serde_json::{Value, json};

use crate::v1::posts::{plain, say};

async fn list(suite: &Suite, viewer: Option<&Person>, of: &Person, query: &str) -> Value {
    let token = viewer.map(|viewer| viewer.token.as_str());
    suite.api.get(&format!("/v1/accounts/{}/posts{query}", of.id), token).await.ok()
}

#[tokio::test]
async fn a_list_has_what_the_caller_may_see_in_pages_newest_first() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    assert_eq!(list(&suite, None, &ann, "").await, json!([]));
    let first = say(&suite, &ann, &json!({"content": "first"})).await;
    let private = say(&suite, &ann, &json!({"content": "private", "visibility": "private"})).await;
    let reply = say(&suite, &ann, &json!({"content": "reply", "reply_to": first})).await;
    let ids = |list: Value| list.as_array().unwrap().iter().map(|post| post["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(list(&suite, Some(&ann), &ann, "").await), [&*reply, &private, &first]);
    for viewer in [None, Some(&ben)] {
        let shown = list(&suite, viewer, &ann, "").await;
        let mut oldest = plain(&first, &ann, "first", &shown[1]["created_at"]);
        oldest["comments"] = json!(1);
        assert_eq!(shown[1], oldest);
        assert_eq!(ids(shown), [&*reply, &first]);
    }
    let path = format!("/v1/accounts/{}/posts?limit=1", ann.id);
    let page = suite.api.get(&path, None).await;
    let cursor = page.header("x-next-cursor").expect("one is left").to_owned();
    assert_eq!(ids(page.ok()), [&*reply]);
    let last = suite.api.get(&format!("{path}&cursor={cursor}"), None).await;
    assert_eq!((ids(last.ok()), last.header("x-next-cursor")), (vec![json!(first)], None));
}

#[tokio::test]
async fn an_account_says_how_many_there_are_and_what_others_make_of_them() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let id = say(&suite, &ann, &json!({"content": "first"})).await;
    say(&suite, &ann, &json!({"content": "private", "visibility": "private"})).await;
    for act in ["like", "share"] {
        suite.api.post(&format!("/v1/posts/{id}/{act}"), Some(&ben.token), &json!({})).await.ok();
    }
    eventually("the account says so", async || {
        let account = suite.api.get(&format!("/v1/accounts/{}", ann.id), None).await.ok();
        let counts = ["posts_count", "liked_count", "shared_count"].map(|name| account[name].clone());
        (counts == ["1", "1", "1"]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn there_must_be_an_account_that_the_caller_may_see() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    say(&suite, &ann, &json!({"content": "first"})).await;
    let not_found = (404, 4000, "Account not found.".to_owned());
    for id in ["me", "x", "%00", "00000000-0000-0000-0000-000000000000"] {
        let answer = suite.api.get(&format!("/v1/accounts/{id}/posts"), Some(&ann.token)).await;
        assert_eq!(answer.error(), not_found, "{id}");
    }
    suite.api.post(&format!("/v1/accounts/{}/block", ben.id), Some(&ann.token), &json!({})).await.ok();
    let answer = suite.api.get(&format!("/v1/accounts/{}/posts", ann.id), Some(&ben.token)).await;
    assert_eq!(answer.error(), not_found);
}
