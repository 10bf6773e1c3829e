//! `GET /api-token-status`, and tokens that are not good.

use connectus_proto::community::v1::RevokeTokenRequest;
use connectus_testkit::Answer;
use reqwest::Method;
use serde_json::json;

use super::World;

#[tokio::test]
async fn a_token_tells_whose_it_is() {
    let world = World::new().await;
    let status = world.get("/api-token-status").await.ok();
    let expected = json!({"jti": world.token_id, "communityName": "Friends", "communityId": world.community});
    assert_eq!(status, expected);
}

#[tokio::test]
async fn whoever_has_no_good_token_is_told_nothing_else() {
    let world = World::new().await;
    let request = RevokeTokenRequest { community_id: world.community.clone(), token_id: world.token_id.clone() };
    world.suite.communities().revoke_token(world.owner.asks(request)).await.unwrap();
    let operations = [
        (Method::GET, "/api-token-status".to_owned()),
        (Method::POST, format!("/source/{}/user", world.source)),
        (Method::POST, format!("/source/{}/activity", world.source)),
        (Method::GET, "/members".to_owned()),
        (Method::POST, "/members".to_owned()),
        (Method::POST, "/members/".to_owned()),
        (Method::GET, "/members/customFields".to_owned()),
        (Method::POST, "/members/customFields".to_owned()),
        (Method::GET, "/user/ann@example.org".to_owned()),
        (Method::DELETE, "/user/ann@example.org".to_owned()),
        (Method::GET, "/activityTypes".to_owned()),
        (Method::POST, "/activities".to_owned()),
        (Method::GET, "/segments".to_owned()),
        (Method::GET, "/segments/1/status".to_owned()),
        (Method::POST, "/segments/1".to_owned()),
        (Method::POST, "/segments/note".to_owned()),
        (Method::GET, "/tags".to_owned()),
        (Method::POST, "/tags".to_owned()),
        (Method::GET, "/tags/1".to_owned()),
        (Method::POST, "/tags/1".to_owned()),
        (Method::DELETE, "/tags/1".to_owned()),
        (Method::POST, "/members/note".to_owned()),
        (Method::POST, "/members/tags".to_owned()),
    ];
    for (method, path) in operations {
        for token in [None, Some("x"), Some(world.token.as_str()), Some(world.owner.token.as_str())] {
            let request = world.suite.api.request(method.clone(), &format!("/community/v1{path}"));
            let request = match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            };
            let answer = Answer::of(request).await;
            assert_eq!(answer.status, 403, "{method} {path}: {answer:?}");
            assert_eq!(answer.json(), json!({"status": "forbidden", "reason": "Token not valid"}));
            assert_eq!(answer.header("x-ratelimit-remaining"), Some("0"));
        }
    }
}
