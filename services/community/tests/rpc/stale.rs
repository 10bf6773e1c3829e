//! Reads that may be stale, where the database has a replica that is held up: what it does not have tells that it answered.

use std::fmt::Debug;

use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        CreateTagRequest, EntityType, ListActivitiesRequest, ListMembersRequest, ListTagsRequest, Profile,
        RevokeTokenRequest, SourceActivity,
    },
};
use connectus_testkit::{Behind, behind, patient, refusal};
use tonic::{Code, Request, Response, Status};

use crate::support::{World, activity, user};

/// Whether an answer has what was written last.
fn has_it<M: Debug>(answer: Result<Response<M>, Status>) -> bool {
    format!("{:?}", answer.unwrap()).contains("After")
}

async fn write(world: &World, name: &str) {
    let profile = Profile { full_name: name.to_owned(), ..Profile::default() };
    world.say(user(name, profile)).await;
    world.tell(SourceActivity { title: name.to_owned(), ..activity(name, name) }).await.unwrap();
    let tag = CreateTagRequest {
        name: name.to_owned(),
        entity_types: vec![EntityType::Member.into()],
        ..CreateTagRequest::default()
    };
    world.suite.community().create_tag(world.asks(tag)).await.unwrap();
    world.settled().await;
}

/// Whether the rpcs that may be stale answer with what was written last.
async fn have_it(world: &World, can_wait: bool) -> [(&'static str, bool); 3] {
    fn asks<M>(can_wait: bool, request: Request<M>) -> Request<M> {
        if can_wait { patient(request) } else { request }
    }
    let (mut api, mut communities) = (world.suite.community(), world.suite.communities());
    let community_id = world.community.clone();
    let members = ListMembersRequest { community_id: community_id.clone(), ..ListMembersRequest::default() };
    let activities = ListActivitiesRequest { community_id, ..ListActivitiesRequest::default() };
    [
        ("ListTags", has_it(api.list_tags(asks(can_wait, world.asks(ListTagsRequest::default()))).await)),
        ("ListMembers", has_it(communities.list_members(asks(can_wait, world.owner.asks(members))).await)),
        ("ListActivities", has_it(communities.list_activities(asks(can_wait, world.owner.asks(activities))).await)),
    ]
}

#[tokio::test]
async fn long_lists_are_answered_by_the_replica_to_who_can_wait_and_tokens_by_nothing_old() {
    let Behind { suite, primary, replica } = Behind::start().await;
    let world = World::on(suite).await;
    write(&world, "Before").await;
    behind::hold(&primary, &replica).await;
    write(&world, "After").await;
    for can_wait in [true, false] {
        for (rpc, has_it) in have_it(&world, can_wait).await {
            assert_eq!(has_it, !can_wait, "{rpc}");
        }
    }
    let (community_id, token_id) = (world.community.clone(), world.token_id.clone());
    let revocation = RevokeTokenRequest { community_id, token_id };
    world.suite.communities().revoke_token(world.owner.asks(revocation)).await.unwrap();
    let listed = world.suite.community().list_tags(patient(world.asks(ListTagsRequest::default()))).await;
    assert_eq!(refusal(listed), (Code::Unauthenticated, ErrorReason::CommunityTokenInvalid));
}
