//! Who turns out to be one, and the undoing of that.

use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        AddMemberNoteRequest, ListMergesRequest, Member, Merge, Profile, SourceUser, UndoMergeRequest, identity::By,
    },
};
use connectus_testkit::refusal;
use tonic::Code;

use crate::support::{World, activity, email, tag, user, with_email};

async fn merges(world: &World) -> Vec<Merge> {
    let request = ListMergesRequest { community_id: world.community.clone(), ..ListMergesRequest::default() };
    world.suite.communities().list_merges(world.owner.asks(request)).await.unwrap().into_inner().merges
}

async fn undo(world: &World, id: &str) -> Result<(), tonic::Status> {
    let request = UndoMergeRequest { community_id: world.community.clone(), merge_id: id.to_owned() };
    world.suite.communities().undo_merge(world.owner.asks(request)).await.map(drop)
}

fn github(handle: &str) -> Profile {
    Profile { github: handle.to_owned(), ..Profile::default() }
}

/// Two members with a tag, an activity and a note each, whom a third source finds to be one.
async fn two_who_are_one(world: &World) -> Vec<Member> {
    world.say(SourceUser { tags: vec![tag("One")], ..user("a", with_email("ann@example.org")) }).await;
    world.say(SourceUser { tags: vec![tag("Two")], ..user("b", github("ann")) }).await;
    world.tell(activity("1", "a")).await.unwrap();
    world.tell(activity("2", "b")).await.unwrap();
    let before = world.members().await;
    assert_eq!(before.len(), 2);
    let note = AddMemberNoteRequest { identity: email("ann@example.org"), note: "Kind.".to_owned() };
    world.suite.community().add_member_note(world.asks(note)).await.unwrap();
    let both = Profile { github: "Ann".to_owned(), ..with_email("ANN@example.org") };
    let crm = world.new_source("Crm").await;
    world.say_from(crm, user("c", both)).await.unwrap();
    world.settled().await;
    before
}

#[tokio::test]
async fn what_two_have_in_common_makes_them_one_and_nothing_is_lost() {
    let world = World::new().await;
    let before = two_who_are_one(&world).await;
    let ann = world.member("ann@example.org").await;
    assert_eq!(world.find(By::Github("https://github.com/ann".to_owned())).await.unwrap(), std::slice::from_ref(&ann));
    assert_eq!(world.members().await, std::slice::from_ref(&ann));
    assert_eq!(ann.id, before[1].id, "the older one stays");
    assert_eq!((ann.activities_count, ann.tags), (2, vec!["One".to_owned(), "Two".to_owned()]));
    let merges = merges(&world).await;
    assert_eq!(merges.len(), 2, "the third record was a member of its own at first");
    assert_eq!((&merges[0].member_id, &merges[0].merged_member_id), (&before[1].id, &before[0].id));
    assert_eq!(merges[0].matched_by, "github");
}

#[tokio::test]
async fn a_merge_can_be_undone_and_is_not_made_again() {
    let world = World::new().await;
    let before = two_who_are_one(&world).await;
    let merge = merges(&world).await.remove(0);
    for _ in 0..2 {
        undo(&world, &merge.id).await.unwrap();
    }
    let after = world.members().await;
    assert_eq!(after.iter().map(|member| &member.id).collect::<Vec<_>>(), [&before[0].id, &before[1].id]);
    assert_eq!(after[0], before[0], "the younger one has what it had");
    assert_eq!((after[1].activities_count, &after[1].tags), (1, &vec!["One".to_owned()]));
    assert!(merges(&world).await[0].undo_time.is_some());
    // What one of them says again joins nobody.
    let both = Profile { github: "ann".to_owned(), bio: "new".to_owned(), ..with_email("ann@example.org") };
    world.say(user("b", both)).await;
    assert_eq!(world.members().await.len(), 2);
    assert_eq!(world.find(By::Email("ann@example.org".to_owned())).await.unwrap().len(), 2, "both have it now");
}

#[tokio::test]
async fn a_chain_of_merges_ends_with_one_and_can_be_undone_from_its_middle() {
    let world = World::new().await;
    for id in ["a", "b", "c"] {
        world.say(user(id, with_email(&format!("{id}@example.org")))).await;
    }
    world.say(user("c", Profile { github: "x".to_owned(), ..with_email("c@example.org") })).await;
    world
        .say(user("b", Profile { github: "x".to_owned(), twitter: "y".to_owned(), ..with_email("b@example.org") }))
        .await;
    world.say(user("a", Profile { twitter: "y".to_owned(), ..with_email("a@example.org") })).await;
    let one = world.members().await;
    assert_eq!(one.len(), 1);
    let merges = merges(&world).await;
    assert_eq!(merges.len(), 2);
    undo(&world, &merges[1].id).await.unwrap();
    let members = world.members().await;
    assert_eq!(members.len(), 2);
    let c = world.member("c@example.org").await.id;
    assert_eq!(c, merges[1].merged_member_id);
    assert_eq!(world.member("a@example.org").await.id, world.member("b@example.org").await.id);
    // The other one does not take what was given back already.
    undo(&world, &merges[0].id).await.unwrap();
    assert_eq!(world.members().await.len(), 3);
    assert_eq!(world.member("c@example.org").await.id, c);
    assert_eq!(world.member("b@example.org").await.id, merges[0].merged_member_id);
}

#[tokio::test]
async fn who_has_nothing_in_common_is_somebody_else() {
    let world = World::new().await;
    world.say(user("a", Profile { full_name: "Ann".to_owned(), ..with_email("a@example.org") })).await;
    world.say(user("b", Profile { full_name: "Ann".to_owned(), ..with_email("b@example.org") })).await;
    assert_eq!(world.members().await.len(), 2);
}

#[tokio::test]
async fn an_address_that_is_taken_back_finds_nobody() {
    let world = World::new().await;
    world.say(user("a", with_email("old@example.org"))).await;
    world.say(user("a", with_email("new@example.org"))).await;
    world.settled().await;
    let refused = world.find(By::Email("old@example.org".to_owned())).await;
    assert_eq!(refusal(refused), (Code::NotFound, ErrorReason::MemberNotFound));
    world.member("new@example.org").await;
}

#[tokio::test]
async fn another_community_knows_nobody_of_it() {
    let world = World::new().await;
    let other = World::new().await;
    world.say(user("a", with_email("ann@example.org"))).await;
    world.settled().await;
    let id = merges(&other).await;
    assert!(id.is_empty());
    assert_eq!(refusal(undo(&world, &other.community).await), (Code::NotFound, ErrorReason::MergeNotFound));
    let theirs = crate::support::community(&world.suite, &world.owner, "Others").await;
    let token = crate::support::token(&world.suite, &world.owner, &theirs).await.token;
    let request = connectus_proto::community::v1::FindMembersRequest { identity: email("ann@example.org") };
    let request = connectus_testkit::as_caller(&token, request);
    let refused = world.suite.community().find_members(request).await;
    assert_eq!(refusal(refused), (Code::NotFound, ErrorReason::MemberNotFound));
}
