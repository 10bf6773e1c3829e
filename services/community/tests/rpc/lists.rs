//! Members and activities, page by page.

use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        AddToSegmentRequest, ListActivitiesRequest, ListActivitiesResponse, ListAnonymizationsRequest,
        ListMembersRequest, ListMembersResponse, ListMergesRequest, SourceUser,
    },
};
use connectus_testkit::{invalid_field, refusal};
use tonic::{Code, Status};

use crate::support::{World, activity, email, tag, user, with_email};

async fn members(world: &World, request: ListMembersRequest) -> Result<ListMembersResponse, Status> {
    let request = ListMembersRequest { community_id: world.community.clone(), ..request };
    Ok(world.suite.communities().list_members(world.owner.asks(request)).await?.into_inner())
}

async fn activities(world: &World, request: ListActivitiesRequest) -> ListActivitiesResponse {
    let request = ListActivitiesRequest { community_id: world.community.clone(), ..request };
    world.suite.communities().list_activities(world.owner.asks(request)).await.unwrap().into_inner()
}

fn addresses(page: &ListMembersResponse) -> Vec<&str> {
    page.members.iter().map(|member| member.profile.as_ref().unwrap().email.as_str()).collect()
}

#[tokio::test]
async fn members_are_paged_newest_first() {
    let world = World::new().await;
    for name in ["a", "b", "c"] {
        world.say(user(name, with_email(&format!("{name}@example.org")))).await;
    }
    world.settled().await;
    let first = members(&world, ListMembersRequest { page_size: 2, ..ListMembersRequest::default() }).await.unwrap();
    assert_eq!(addresses(&first), ["c@example.org", "b@example.org"]);
    world.say(user("d", with_email("d@example.org"))).await;
    world.settled().await;
    let next = ListMembersRequest { page_token: first.next_page_token, ..ListMembersRequest::default() };
    let last = members(&world, next).await.unwrap();
    assert_eq!((addresses(&last), last.next_page_token.as_str()), (vec!["a@example.org"], ""));
    let bad = ListMembersRequest { page_token: "x".to_owned(), ..ListMembersRequest::default() };
    assert_eq!(invalid_field(members(&world, bad).await), "page_token");
}

#[tokio::test]
async fn members_are_filtered() {
    let world = World::new().await;
    let crm = world.new_source("Crm").await;
    world.say(SourceUser { tags: vec![tag("Helper")], ..user("a", with_email("a@example.org")) }).await;
    world.say_from(crm, user("b", with_email("b@example.org"))).await.unwrap();
    world.settled().await;
    let (segment_id, _) = world.new_segment("Core", &[]).await;
    let identities = email("b@example.org").into_iter().collect();
    let add = AddToSegmentRequest { segment_id, identities, status_id: 0 };
    world.suite.community().add_to_segment(world.asks(add)).await.unwrap();
    let all = ListMembersRequest::default();
    for (filter, expected) in [
        (ListMembersRequest { tag: "helper".to_owned(), ..all.clone() }, vec!["a@example.org"]),
        (ListMembersRequest { segment_id, ..all.clone() }, vec!["b@example.org"]),
        (ListMembersRequest { source_id: crm, ..all.clone() }, vec!["b@example.org"]),
        (ListMembersRequest { source_id: crm, tag: "helper".to_owned(), ..all.clone() }, vec![]),
        (all, vec!["b@example.org", "a@example.org"]),
    ] {
        assert_eq!(addresses(&members(&world, filter.clone()).await.unwrap()), expected, "{filter:?}");
    }
}

#[tokio::test]
async fn activities_are_paged_and_filtered() {
    let world = World::new().await;
    world.new_type("post").await;
    world.say(user("ann", with_email("ann@example.org"))).await;
    for (id, by, kind) in [("1", "ann", "talk"), ("2", "ann", "post"), ("3", "ben", "talk")] {
        let mut told = activity(id, by);
        told.activity_type = kind.to_owned();
        world.tell(told).await.unwrap();
    }
    world.settled().await;
    let ids = |page: &ListActivitiesResponse| -> Vec<String> {
        page.activities.iter().map(|activity| activity.source_activity_id.clone()).collect()
    };
    let all = ListActivitiesRequest::default();
    let first = activities(&world, ListActivitiesRequest { page_size: 2, ..all.clone() }).await;
    assert_eq!(ids(&first), ["3", "2"]);
    let next = ListActivitiesRequest { page_token: first.next_page_token, ..all.clone() };
    assert_eq!(ids(&activities(&world, next).await), ["1"]);
    let ann = world.member("ann@example.org").await.id;
    let of_ann = ListActivitiesRequest { member_id: ann, ..all.clone() };
    assert_eq!(ids(&activities(&world, of_ann.clone()).await), ["2", "1"]);
    let posts = ListActivitiesRequest { activity_type: "post".to_owned(), ..all.clone() };
    assert_eq!(ids(&activities(&world, posts).await), ["2"]);
    let talks = ListActivitiesRequest { activity_type: "talk".to_owned(), ..of_ann };
    assert_eq!(ids(&activities(&world, talks).await), ["1"]);
    let nobody = ListActivitiesRequest { member_id: "x".to_owned(), ..all };
    assert_eq!(ids(&activities(&world, nobody).await), [""; 0]);
}

#[tokio::test]
async fn another_organization_sees_nothing() {
    let world = World::new().await;
    let other = world.suite.organization("Other").await;
    let id = || world.community.clone();
    let mut communities = world.suite.communities();
    let refused = [
        communities
            .list_members(other.asks(ListMembersRequest { community_id: id(), ..Default::default() }))
            .await
            .map(drop),
        communities
            .list_activities(other.asks(ListActivitiesRequest { community_id: id(), ..Default::default() }))
            .await
            .map(drop),
        communities
            .list_merges(other.asks(ListMergesRequest { community_id: id(), ..Default::default() }))
            .await
            .map(drop),
        communities
            .list_anonymizations(other.asks(ListAnonymizationsRequest { community_id: id(), ..Default::default() }))
            .await
            .map(drop),
    ];
    for answer in refused {
        assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::CommunityNotFound));
    }
}
