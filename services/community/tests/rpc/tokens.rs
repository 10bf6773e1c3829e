//! Who may call the Community API.

use connectus_platform::identity::ServiceIdentity;
use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{DeleteCommunityRequest, GetTokenStatusRequest, ListTokensRequest, RevokeTokenRequest},
};
use connectus_testkit::{Suite, as_caller, refusal};
use tonic::{Code, Request};

use crate::support::{World, community, token};

const REFUSED: (Code, ErrorReason) = (Code::Unauthenticated, ErrorReason::CommunityTokenInvalid);

#[tokio::test]
async fn a_token_tells_whose_it_is() {
    let world = World::new().await;
    let status = world.suite.community().get_token_status(world.asks(GetTokenStatusRequest {})).await.unwrap();
    let status = status.into_inner();
    assert_eq!((status.token_id, status.community_id), (world.token_id, world.community));
    assert_eq!(status.community_name, "Friends");
}

#[tokio::test]
async fn nothing_else_is_a_token() {
    let world = World::new().await;
    let other = Suite::start().await;
    let stranger = other.organization("Stranger").await;
    let theirs = community(&other, &stranger, "Theirs").await;
    let theirs = token(&other, &stranger, &theirs).await.token;
    let mut changed = world.token.clone();
    changed.replace_range(changed.len() - 2.., if changed.ends_with("AA") { "BB" } else { "AA" });
    let requests = [
        Request::new(GetTokenStatusRequest {}),
        as_caller("x", GetTokenStatusRequest {}),
        as_caller(&changed, GetTokenStatusRequest {}),
        as_caller(&theirs, GetTokenStatusRequest {}),
        world.owner.asks(GetTokenStatusRequest {}),
        ServiceIdentity::random().sign(Request::new(GetTokenStatusRequest {})),
    ];
    for request in requests {
        assert_eq!(refusal(world.suite.community().get_token_status(request).await), REFUSED);
    }
}

#[tokio::test]
async fn a_revoked_token_is_good_for_nothing_at_once() {
    let world = World::new().await;
    let revoke = RevokeTokenRequest { community_id: world.community.clone(), token_id: world.token_id.clone() };
    for _ in 0..2 {
        world.suite.communities().revoke_token(world.owner.asks(revoke.clone())).await.unwrap();
    }
    assert_eq!(refusal(world.suite.community().get_token_status(world.asks(GetTokenStatusRequest {})).await), REFUSED);
    let list = ListTokensRequest { community_id: world.community.clone() };
    let tokens = world.suite.communities().list_tokens(world.owner.asks(list)).await.unwrap().into_inner().tokens;
    assert_eq!(tokens.len(), 1);
    assert!(tokens[0].revoke_time.is_some());
    let unknown = RevokeTokenRequest { token_id: world.community.clone(), ..revoke };
    let refused = world.suite.communities().revoke_token(world.owner.asks(unknown)).await;
    assert_eq!(refusal(refused), (Code::NotFound, ErrorReason::ApiTokenNotFound));
}

#[tokio::test]
async fn a_token_ends_with_its_community() {
    let world = World::new().await;
    let delete = DeleteCommunityRequest { community_id: world.community.clone() };
    world.suite.communities().delete_community(world.owner.asks(delete)).await.unwrap();
    assert_eq!(refusal(world.suite.community().get_token_status(world.asks(GetTokenStatusRequest {})).await), REFUSED);
}

#[tokio::test]
async fn the_token_itself_is_stored_nowhere() {
    let world = World::new().await;
    let signature = world.token.rsplit('.').next().unwrap();
    assert!(!world.stored().await.contains(signature));
}

#[tokio::test]
async fn an_idempotency_key_gives_nobody_the_answer_of_another_community() {
    let world = World::new().await;
    let with_key = |mut request: Request<GetTokenStatusRequest>| {
        request.metadata_mut().insert("idempotency-key", "one".parse().unwrap());
        request
    };
    let request = with_key(world.asks(GetTokenStatusRequest {}));
    world.suite.community().get_token_status(request).await.unwrap();
    for request in [Request::new(GetTokenStatusRequest {}), as_caller("x", GetTokenStatusRequest {})] {
        assert_eq!(refusal(world.suite.community().get_token_status(with_key(request)).await), REFUSED);
    }
}
