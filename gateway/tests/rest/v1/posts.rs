//! `POST /v1/posts`, and what is below it.

use connectus_testkit::{Person, Suite};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ENCODINGS, Target, with};

const NOT_FOUND: (u16, u64, &str) = (404, 4000, "Post not found.");

/// Says something, and returns the post's id.
pub(super) async fn say(suite: &Suite, person: &Person, body: &Value) -> String {
    let answer = suite.api.post("/v1/posts", Some(&person.token), body).await.ok();
    let id = answer["id"].as_str().expect("the post's id").to_owned();
    assert_eq!(answer, json!({"message": "200 - OK", "id": id}));
    id
}

/// A post of a person, of which only the text was given, as nobody in particular sees it.
pub(super) fn plain(id: &str, person: &Person, content: &str, created_at: &Value) -> Value {
    json!({
        "id": id, "account": person.id, "content": content, "created_at": created_at, "reply_to": "", "multimedia": [],
        "tags": [], "likes": 0, "comments": 0, "shares": 0, "visibility": "public", "is_liked": false,
        "is_shared": false, "shared_by": "",
    })
}

async fn read(suite: &Suite, token: Option<&str>, id: &str) -> Value {
    suite.api.get(&format!("/v1/posts/{id}"), token).await.ok()
}

async fn act(suite: &Suite, person: &Person, id: &str, act: &str) {
    let answer = suite.api.post(&format!("/v1/posts/{id}/{act}"), Some(&person.token), &json!({})).await;
    assert_eq!(answer.ok(), json!({"message": "200 - OK"}), "{act}");
}

#[tokio::test]
async fn a_post_is_shown_as_it_was_said() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let first = say(&suite, &ann, &json!({"content": "Hello"})).await;
    let shown = read(&suite, None, &first).await;
    assert_eq!(shown, plain(&first, &ann, "Hello", &shown["created_at"]));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!((now - 60..=now).contains(&shown["created_at"].as_u64().unwrap()));
    let kinds = ["image", "video", "audio", "link"];
    let media = |kind| json!({"type": kind, "url": "https://example.org/a", "description": "b"});
    let said = json!({
        "content": "Look!", "reply_to": first, "multimedia": kinds.map(media), "tags": ["a", "b"],
        "visibility": "connections",
    });
    let second = say(&suite, &ann, &said).await;
    let shown = read(&suite, Some(&ann.token), &second).await;
    assert_eq!(shown, with(&plain(&second, &ann, "Look!", &shown["created_at"]), &said));
    assert_eq!(read(&suite, None, &first).await["comments"], 1);
    let private = say(&suite, &ann, &json!({"content": "Mine", "visibility": "private"})).await;
    assert_eq!(read(&suite, Some(&ann.token), &private).await["visibility"], "private");
    let answer = suite.api.get(&format!("/v1/posts/{private}"), None).await;
    assert_eq!(answer.error(), (NOT_FOUND.0, NOT_FOUND.1, NOT_FOUND.2.to_owned()));
}

#[tokio::test]
async fn a_post_is_said_in_every_encoding() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let target = Target::new(Method::POST, "/v1/posts", Some(&ann.token));
    let media = |kind: &str| json!({"type": kind, "url": "https://example.org/a", "description": "A dog"});
    let both = [media("image"), media("link")];
    let said = json!({"content": "Hello", "multimedia": both, "tags": ["a", "b"], "visibility": "connections"});
    for encoding in ENCODINGS {
        let id = target.send(&suite.api, encoding, &said).await.ok()["id"].as_str().unwrap().to_owned();
        let shown = read(&suite, Some(&ann.token), &id).await;
        assert_eq!(shown, with(&plain(&id, &ann, "Hello", &shown["created_at"]), &said), "{encoding:?}");
    }
}

#[tokio::test]
async fn likes_and_shares_are_counted_and_taken_back() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let id = say(&suite, &ann, &json!({"content": "Hello"})).await;
    let numbers = async |person: &Person| {
        let shown = read(&suite, Some(&person.token), &id).await;
        let field = |name: &str| shown[name].clone();
        (field("likes"), field("shares"), field("is_liked"), field("is_shared"))
    };
    for expected in ["like", "share", "like", "share"] {
        act(&suite, &ben, &id, expected).await;
    }
    assert_eq!(numbers(&ben).await, (json!(1), json!(1), json!(true), json!(true)));
    assert_eq!(numbers(&ann).await, (json!(1), json!(1), json!(false), json!(false)));
    act(&suite, &ben, &id, "unlike").await;
    assert_eq!(numbers(&ben).await, (json!(0), json!(1), json!(false), json!(true)));
    act(&suite, &ben, &id, "unshare").await;
    assert_eq!(numbers(&ben).await, (json!(0), json!(0), json!(false), json!(false)));
}

#[tokio::test]
async fn only_its_author_deletes_a_post_and_its_replies_stay() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let id = say(&suite, &ann, &json!({"content": "Hello"})).await;
    let reply = say(&suite, &ben, &json!({"content": "Hi", "reply_to": id})).await;
    let path = format!("/v1/posts/{id}");
    let not_found = (NOT_FOUND.0, NOT_FOUND.1, NOT_FOUND.2.to_owned());
    let delete = async |person: &Person| suite.api.call(Method::DELETE, &path, Some(&person.token), None).await;
    assert_eq!(delete(&ben).await.error(), not_found);
    assert_eq!(delete(&ann).await.ok(), json!({"message": "200 - OK"}));
    assert_eq!(delete(&ann).await.error(), not_found);
    assert_eq!(suite.api.get(&path, None).await.error(), not_found);
    assert_eq!(read(&suite, None, &reply).await["reply_to"], json!(id));
}

#[tokio::test]
async fn the_replies_come_in_pages_newest_first() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let id = say(&suite, &ann, &json!({"content": "Hello"})).await;
    let mut replies = Vec::new();
    for (person, content) in [(&ben, "1"), (&ann, "2"), (&ben, "3")] {
        replies.insert(0, say(&suite, person, &json!({"content": content, "reply_to": id})).await);
    }
    let path = format!("/v1/posts/{id}/comments");
    let whole = suite.api.get(&path, None).await.ok();
    let expected = with(&plain(&replies[0], &ben, "3", &whole[0]["created_at"]), &json!({"reply_to": id}));
    assert_eq!(whole[0], expected);
    let first = suite.api.get(&format!("{path}?limit=2"), None).await;
    let cursor = first.header("x-next-cursor").expect("one is left").to_owned();
    let last = suite.api.get(&format!("{path}?limit=2&cursor={cursor}"), None).await;
    assert_eq!(last.header("x-next-cursor"), None);
    let of = |list: Value| list.as_array().unwrap().iter().map(|post| post["id"].clone()).collect::<Vec<_>>();
    assert_eq!([of(first.ok()), of(last.ok())].concat(), replies);
}

#[tokio::test]
async fn what_is_wrong_with_a_post_is_named() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let media = |kind: &str, url: &str| json!({"multimedia": [{"type": kind, "url": url}]});
    let cases = [
        (json!({}), "content"),
        (json!({"content": " "}), "content"),
        (json!({"content": 7}), "content"),
        (json!({"content": "a".repeat(5001)}), "content"),
        (json!({"content": "a", "reply_to": "x"}), "reply_to"),
        (json!({"content": "a", "tags": [""]}), "tags"),
        (json!({"content": "a", "tags": vec!["a"; 21]}), "tags"),
        (json!({"content": "a", "visibility": "friends"}), "visibility"),
        (json!({"content": "a", "multimedia": vec![json!({"type": "link", "url": "https://a.b"}); 11]}), "multimedia"),
        (media("image", "http://example.org/a.png"), "multimedia.url"),
        (media("image", "javascript:alert(1)"), "multimedia.url"),
        (media("picture", "https://example.org/a.png"), "multimedia[0].type"),
        (json!({"multimedia": [{"url": "https://example.org"}]}), "multimedia[0].type"),
    ];
    Target::new(Method::POST, "/v1/posts", Some(&ann.token)).refuses(&suite.api, &cases).await;
}

#[tokio::test]
async fn what_is_not_there_is_not_found_by_any_route() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let not_found = (NOT_FOUND.0, NOT_FOUND.1, NOT_FOUND.2.to_owned());
    let nobody = "00000000-0000-0000-0000-000000000000";
    for id in [nobody, "x", "me", "%00", "%ff"] {
        for (method, path) in [
            (Method::GET, format!("/v1/posts/{id}")),
            (Method::DELETE, format!("/v1/posts/{id}")),
            (Method::GET, format!("/v1/posts/{id}/comments")),
            (Method::POST, format!("/v1/posts/{id}/like")),
            (Method::POST, format!("/v1/posts/{id}/unlike")),
            (Method::POST, format!("/v1/posts/{id}/share")),
            (Method::POST, format!("/v1/posts/{id}/unshare")),
        ] {
            let answer = suite.api.call(method.clone(), &path, Some(&ann.token), None).await;
            assert_eq!(answer.error(), not_found, "{method} {path}");
        }
    }
    let reply = json!({"content": "a", "reply_to": nobody});
    assert_eq!(suite.api.post("/v1/posts", Some(&ann.token), &reply).await.error(), not_found);
}
