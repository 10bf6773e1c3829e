//! `/v1/communities/:id/tokens`.

use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{GetTokenStatusRequest, GetTokenStatusResponse},
};
use connectus_testkit::{Answer, Person, Suite, as_caller, refusal};
use reqwest::Method;
use serde_json::{Value, json};
use tonic::{Code, Response, Status};

use super::{NOWHERE, add, assert_now, make};
use crate::support::{ENCODINGS, Target};

async fn revoke(suite: &Suite, by: &Person, path: &str, jti: &Value) -> Answer {
    let path = format!("{path}/tokens/{}", jti.as_str().unwrap());
    suite.api.call(Method::DELETE, &path, Some(&by.token), None).await
}

async fn listed(suite: &Suite, by: &Person, path: &str) -> Value {
    suite.api.get(&format!("{path}/tokens"), Some(&by.token)).await.ok()
}

async fn status(suite: &Suite, token: &Value) -> Result<Response<GetTokenStatusResponse>, Status> {
    let request = as_caller(token.as_str().unwrap(), GetTokenStatusRequest {});
    suite.community().get_token_status(request).await
}

#[tokio::test]
async fn a_token_is_good_until_it_is_revoked() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let path = add(&suite, &help, "Friends").await;
    let mut tokens = Vec::new();
    for encoding in ENCODINGS {
        let target = Target::new(Method::POST, format!("{path}/tokens"), Some(&help.token));
        let body = json!({"name": format!("{encoding:?}"), "unknown": "x"});
        let made = target.send(&suite.api, encoding, &body).await.ok();
        assert_eq!(made, json!({"message": "200 - OK", "jti": made["jti"], "token": made["token"]}));
        let status = status(&suite, &made["token"]).await.unwrap().into_inner();
        assert_eq!((json!(status.token_id), status.community_name), (made["jti"].clone(), "Friends".to_owned()));
        assert!(path.ends_with(&status.community_id));
        tokens.insert(0, (made, body["name"].clone()));
    }
    let list = listed(&suite, &help, &path).await;
    for (shown, (made, name)) in list.as_array().unwrap().iter().zip(&tokens) {
        assert_now(&shown["created_at"]);
        let (jti, created_at) = (&made["jti"], &shown["created_at"]);
        assert_eq!(*shown, json!({"jti": jti, "name": name, "created_at": created_at, "revoked_at": 0}));
    }
    assert_eq!(list.as_array().unwrap().len(), 3);
    for _ in 0..2 {
        let answer = revoke(&suite, &help, &path, &tokens[0].0["jti"]).await;
        assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
    }
    let list = listed(&suite, &help, &path).await;
    assert_now(&list[0]["revoked_at"]);
    assert_eq!((&list[0]["jti"], &list[1]["revoked_at"]), (&tokens[0].0["jti"], &json!(0)));
    let refused = status(&suite, &tokens[0].0["token"]).await;
    assert_eq!(refusal(refused), (Code::Unauthenticated, ErrorReason::CommunityTokenInvalid));
    status(&suite, &tokens[1].0["token"]).await.unwrap();
}

#[tokio::test]
async fn a_token_that_is_asked_for_twice_with_a_key_is_made_once() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let path = add(&suite, &help, "Friends").await;
    let target = Target::new(Method::POST, format!("{path}/tokens"), Some(&help.token));
    let ask = async || {
        let request = target.request(&suite.api).header("idempotency-key", NOWHERE);
        Answer::of(request.json(&json!({"name": "Forum"}))).await.ok()
    };
    let first = ask().await;
    assert_eq!(ask().await, first);
    assert_eq!(listed(&suite, &help, &path).await.as_array().unwrap().len(), 1);
    status(&suite, &first["token"]).await.unwrap();
}

#[tokio::test]
async fn the_tokens_of_a_deleted_community_are_good_for_nothing() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let path = add(&suite, &help, "Friends").await;
    let made = make(&suite, &help, &format!("{path}/tokens"), &json!({"name": "Forum"})).await;
    status(&suite, &made["token"]).await.unwrap();
    suite.api.call(Method::DELETE, &path, Some(&help.token), None).await.ok();
    let refused = status(&suite, &made["token"]).await;
    assert_eq!(refusal(refused), (Code::Unauthenticated, ErrorReason::CommunityTokenInvalid));
}

#[tokio::test]
async fn a_token_that_the_community_does_not_have_is_not_found() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let (path, other) = (add(&suite, &help, "Friends").await, add(&suite, &help, "Others").await);
    let of_other = make(&suite, &help, &format!("{other}/tokens"), &json!({"name": "Forum"})).await;
    for jti in [&of_other["jti"], &json!("x"), &json!(NOWHERE)] {
        let answer = revoke(&suite, &help, &path, jti).await;
        assert_eq!(answer.error(), (404, 4003, "Token not found.".to_owned()), "{jti}");
    }
    status(&suite, &of_other["token"]).await.unwrap();
}

#[tokio::test]
async fn a_community_has_fifty_good_ones_at_most() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let path = add(&suite, &help, "Friends").await;
    let tokens = format!("{path}/tokens");
    make(&suite, &help, &tokens, &json!({"name": "First"})).await;
    let copies = "INSERT INTO community.tokens (id, community_id, name, created_at) \
        SELECT gen_random_uuid(), community_id, name, created_at FROM community.tokens, generate_series(1, 48)";
    suite.database.execute(copies).await;
    let last = make(&suite, &help, &tokens, &json!({"name": "Last"})).await;
    let answer = suite.api.post(&tokens, Some(&help.token), &json!({"name": "More"})).await;
    assert_eq!(answer.error(), (409, 4003, "Token limit reached.".to_owned()));
    revoke(&suite, &help, &path, &last["jti"]).await.ok();
    make(&suite, &help, &tokens, &json!({"name": "More"})).await;
    assert_eq!(listed(&suite, &help, &path).await.as_array().unwrap().len(), 51);
}

#[tokio::test]
async fn a_name_that_is_none_is_refused() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let path = add(&suite, &help, "Friends").await;
    let bad = [json!({}), json!({"name": ""}), json!({"name": "x".repeat(101)}), json!({"name": ["x"]})];
    let target = Target::new(Method::POST, format!("{path}/tokens"), Some(&help.token));
    target.refuses(&suite.api, &bad.map(|body| (body, "name"))).await;
    assert_eq!(listed(&suite, &help, &path).await, json!([]));
}
