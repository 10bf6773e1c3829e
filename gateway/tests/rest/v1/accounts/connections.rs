//! `POST /v1/accounts/:id/request_connection`, `accept_connection`, `decline_connection` and `remove_connection`, and `GET
//! /v1/accounts/:id/connections`.

use connectus_testkit::{Answer, Person, Suite};
use reqwest::Method;
use serde_json::{Value, json};

async fn act(suite: &Suite, by: &Person, whom: &str, what: &str) -> Answer {
    suite.api.post(&format!("/v1/accounts/{whom}/{what}"), Some(&by.token), &json!({})).await
}

async fn connections(suite: &Suite, token: Option<&str>, of: &Person) -> Vec<String> {
    let list = suite.api.get(&format!("/v1/accounts/{}/connections", of.id), token).await.ok();
    list.as_array().unwrap().iter().map(|account| account["id"].as_str().unwrap().to_owned()).collect()
}

fn asked(is_connected: bool) -> Value {
    json!({"message": "200 - OK", "is_connected": is_connected})
}

#[tokio::test]
async fn people_connect_and_part_by_either_spelling() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    for hyphen in ["_", "-"] {
        let spelled = |what: &str| what.replace('_', hyphen);
        let act = async |by: &Person, whom: &Person, what: &str| act(&suite, by, &whom.id, &spelled(what)).await.ok();
        suite.database.execute("DELETE FROM account.throttles").await;
        assert_eq!(act(&ann, &ben, "request_connection").await, asked(false));
        assert_eq!(act(&ben, &ann, "decline_connection").await, json!({"message": "200 - OK"}));
        assert_eq!(act(&ann, &ben, "request_connection").await, asked(false));
        assert_eq!(act(&ben, &ann, "accept_connection").await, json!({"message": "200 - OK"}));
        assert_eq!(connections(&suite, None, &ann).await, [&*ben.id]);
        assert_eq!(act(&ann, &ben, "remove_connection").await, json!({"message": "200 - OK"}));
        assert_eq!(connections(&suite, None, &ann).await, [""; 0]);
        assert_eq!(act(&ann, &ben, "request_connection").await, asked(false));
        assert_eq!(act(&ben, &ann, "request_connection").await, asked(true));
        assert_eq!(connections(&suite, None, &ben).await, [&*ann.id]);
        assert_eq!(act(&ben, &ann, "remove_connection").await, json!({"message": "200 - OK"}));
    }
}

#[tokio::test]
async fn each_refusal_has_its_code() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let refused = async |by: &Person, whom: &str, what: &str| act(&suite, by, whom, what).await.error();
    let error = |status: u16, code: u64, message: &str| (status, code, message.to_owned());
    for what in ["request_connection", "accept_connection", "decline_connection", "remove_connection"] {
        for id in ["me", "x", "%00", "00000000-0000-0000-0000-000000000000"] {
            assert_eq!(refused(&ann, id, what).await, error(404, 4000, "Account not found."), "{what} {id}");
        }
    }
    let request = "request_connection";
    assert_eq!(refused(&ann, &ann.id, request).await, error(400, 4002, "Cannot connect with oneself."));
    let none = error(404, 4002, "Connection request not found.");
    assert_eq!(refused(&ann, &ben.id, "accept_connection").await, none);
    assert_eq!(refused(&ann, &ben.id, "decline_connection").await, none);
    assert_eq!(refused(&ann, &ben.id, "remove_connection").await, error(404, 4002, "Connection not found."));
    act(&suite, &ann, &ben.id, request).await.ok();
    assert_eq!(refused(&ann, &ben.id, request).await, error(409, 4003, "Connection already requested."));
    act(&suite, &ben, &ann.id, "accept_connection").await.ok();
    assert_eq!(refused(&ann, &ben.id, request).await, error(409, 4004, "Already connected."));
    act(&suite, &ann, &ben.id, "remove_connection").await.ok();
    for _ in 0..2 {
        act(&suite, &ann, &ben.id, request).await.ok();
        act(&suite, &ann, &ben.id, "remove_connection").await.ok();
    }
    let throttled = act(&suite, &ann, &ben.id, request).await;
    assert!(throttled.header("retry-after").unwrap().parse::<u64>().unwrap() > 80_000);
    assert_eq!(throttled.error(), error(429, 4290, "Too many requests."));
    act(&suite, &ann, &ben.id, "block").await.ok();
    assert_eq!(refused(&ann, &ben.id, request).await, error(409, 4006, "Account is blocked."));
    assert_eq!(suite.api.post(&format!("/v1/accounts/{}/{request}", ben.id), None, &json!({})).await.error().1, 3000);
}

#[tokio::test]
async fn a_message_may_be_left_out_and_is_refused_where_it_is_not_wanted() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let deaf = json!({"allow_messages_from_unknown": false});
    suite.api.call(Method::PATCH, "/v1/settings", Some(&ben.token), Some(&deaf)).await.ok();
    let path = format!("/v1/accounts/{}/request_connection", ben.id);
    let answer = suite.api.post(&path, Some(&ann.token), &json!({"message": "Hello"})).await;
    let message = "Account takes no messages from unknown accounts.".to_owned();
    assert_eq!(answer.error(), (403, 4005, message));
    for bad in [json!({"message": "x".repeat(1001)}), json!({"message": 1}), json!({"message": null})] {
        let answer = suite.api.post(&path, Some(&ann.token), &bad).await;
        assert_eq!((answer.header("x-error-field"), answer.error().1), (Some("message"), 4050), "{bad}");
    }
    assert_eq!(suite.api.call(Method::POST, &path, Some(&ann.token), None).await.ok(), asked(false));
}

#[tokio::test]
async fn connections_are_shown_as_the_caller_may_see_them_in_pages() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    for friend in [&ben, &help] {
        act(&suite, &ann, &friend.id, "request_connection").await.ok();
        act(&suite, friend, &ann.id, "accept_connection").await.ok();
    }
    let path = format!("/v1/accounts/{}/connections", ann.id);
    for (token, email) in [(None, ""), (Some(&*help.token), ""), (Some(&*ann.token), &*ben.email)] {
        let list = suite.api.get(&path, token).await.ok();
        let whole = async |id: &str| suite.api.get(&format!("/v1/accounts/{id}"), token).await.ok();
        assert_eq!(list, json!([whole(&help.id).await, whole(&ben.id).await]));
        assert_eq!(list[1]["email"], email);
    }
    let first = suite.api.get(&format!("{path}?limit=1"), None).await;
    let cursor = first.header("x-next-cursor").expect("there is one more").to_owned();
    assert_eq!(first.ok()[0]["id"], *help.id);
    let second = suite.api.get(&format!("{path}?limit=1&cursor={cursor}"), None).await;
    assert_eq!(second.header("x-next-cursor"), None);
    assert_eq!(second.ok()[0]["id"], *ben.id);
    for id in ["me", "x", "00000000-0000-0000-0000-000000000000"] {
        let answer = suite.api.get(&format!("/v1/accounts/{id}/connections"), Some(&ann.token)).await;
        assert_eq!(answer.error(), (404, 4000, "Account not found.".to_owned()), "{id}");
    }
}
