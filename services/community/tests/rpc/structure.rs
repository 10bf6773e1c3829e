//! What a community's data is made of, and segments.

use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        AddSegmentNoteRequest, AddToSegmentRequest, CreateActivityTypeRequest, CreateCommunityRequest,
        CreateCustomFieldRequest, CreateSegmentRequest, CreateSourceRequest, CustomFieldType, DeleteCommunityRequest,
        GetCommunityRequest, ListCommunitiesRequest, ListSegmentStatusesRequest, ListSegmentsRequest,
    },
};
use connectus_testkit::{Suite, eventually, invalid_field, refusal};
use tonic::Code;

use crate::support::{World, activity, community, email, user, with_email};

impl World {
    /// Makes a custom field.
    pub(crate) async fn new_field(
        &self,
        name: &str,
        kind: CustomFieldType,
        is_multivalue: bool,
        values: &[&str],
    ) -> i64 {
        let request = CreateCustomFieldRequest {
            community_id: self.community.clone(),
            name: name.to_owned(),
            r#type: kind.into(),
            is_multivalue,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        let made = self.suite.communities().create_custom_field(self.owner.asks(request)).await.unwrap();
        made.into_inner().custom_field.unwrap().id
    }

    /// Makes a segment. Answers its id and those of its statuses.
    pub(crate) async fn new_segment(&self, name: &str, statuses: &[&str]) -> (i64, Vec<i64>) {
        let request = CreateSegmentRequest {
            community_id: self.community.clone(),
            name: name.to_owned(),
            statuses: statuses.iter().map(|status| (*status).to_owned()).collect(),
        };
        let made = self.suite.communities().create_segment(self.owner.asks(request)).await.unwrap().into_inner();
        (made.segment.unwrap().id, made.statuses.into_iter().map(|status| status.id).collect())
    }
}

#[tokio::test]
async fn an_organization_makes_communities_and_sees_only_its_own() {
    let suite = Suite::start().await;
    let (acme, other, ann) =
        (suite.organization("Acme").await, suite.organization("Other").await, suite.user("Ann").await);
    let friends = community(&suite, &acme, " Friends ").await;
    let mut communities = suite.communities();
    let list = communities.list_communities(acme.asks(ListCommunitiesRequest {})).await.unwrap().into_inner();
    assert_eq!((list.communities[0].id.as_str(), list.communities[0].name.as_str()), (friends.as_str(), "Friends"));
    let list = communities.list_communities(other.asks(ListCommunitiesRequest {})).await.unwrap().into_inner();
    assert_eq!(list.communities, []);
    let get = GetCommunityRequest { community_id: friends.clone() };
    let refused = communities.get_community(other.asks(get)).await;
    assert_eq!(refusal(refused), (Code::NotFound, ErrorReason::CommunityNotFound));
    let create = CreateCommunityRequest { name: "Mine".to_owned() };
    let refused = communities.create_community(ann.asks(create)).await;
    assert_eq!(refusal(refused), (Code::PermissionDenied, ErrorReason::OrganizationAccountRequired));
    let nameless = communities.create_community(acme.asks(CreateCommunityRequest { name: " ".to_owned() })).await;
    assert_eq!(invalid_field(nameless), "name");
    for _ in 1..20 {
        community(&suite, &acme, "More").await;
    }
    let one_more = communities.create_community(acme.asks(CreateCommunityRequest { name: "x".to_owned() })).await;
    assert_eq!(refusal(one_more), (Code::FailedPrecondition, ErrorReason::LimitReached));
}

#[tokio::test]
async fn the_structure_is_read_back() {
    let world = World::new().await;
    let field = world.new_field("Languages", CustomFieldType::Enum, true, &["Rust"]).await;
    let (segment, statuses) = world.new_segment("Helpers", &["new", "active"]).await;
    let request = GetCommunityRequest { community_id: world.community.clone() };
    let answer = world.suite.communities().get_community(world.owner.asks(request)).await.unwrap().into_inner();
    let structure = answer.structure.unwrap();
    assert_eq!(structure.sources[0].name, "Chat");
    assert_eq!((structure.custom_fields[0].id, structure.custom_fields[0].values.len()), (field, 1));
    assert_eq!(structure.segments[0].segment.as_ref().unwrap().id, segment);
    assert_eq!(structure.segments[0].statuses.iter().map(|status| status.id).collect::<Vec<_>>(), statuses);
    assert_eq!(structure.activity_types[0].id, "talk");
}

#[tokio::test]
async fn names_are_taken_once_and_checked() {
    let world = World::new().await;
    world.new_field("Age", CustomFieldType::Int, false, &[]).await;
    world.new_segment("Helpers", &[]).await;
    let mut api = world.suite.communities();
    let community_id = world.community.clone();
    let source = CreateSourceRequest { community_id: community_id.clone(), name: "CHAT".to_owned() };
    let field = CreateCustomFieldRequest {
        community_id: community_id.clone(),
        name: "age".to_owned(),
        r#type: CustomFieldType::Url.into(),
        ..CreateCustomFieldRequest::default()
    };
    let segment =
        CreateSegmentRequest { community_id: community_id.clone(), name: "helpers".to_owned(), statuses: vec![] };
    let kind = CreateActivityTypeRequest {
        community_id: community_id.clone(),
        id: "talk".to_owned(),
        display_name: "Talk".to_owned(),
    };
    let taken = (Code::AlreadyExists, ErrorReason::NameTaken);
    assert_eq!(refusal(api.create_source(world.owner.asks(source)).await), taken);
    assert_eq!(refusal(api.create_custom_field(world.owner.asks(field.clone())).await), taken);
    assert_eq!(refusal(api.create_segment(world.owner.asks(segment.clone())).await), taken);
    assert_eq!(refusal(api.create_activity_type(world.owner.asks(kind.clone())).await), taken);
    let named = |values: &[&str], kind: CustomFieldType| CreateCustomFieldRequest {
        name: "Other".to_owned(),
        r#type: kind.into(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        ..field.clone()
    };
    for (field, bad) in [
        (named(&[], CustomFieldType::Enum), "values"),
        (named(&["a", "A"], CustomFieldType::Enum), "values[1]"),
        (named(&["a"], CustomFieldType::Int), "values"),
        (named(&[], CustomFieldType::Unspecified), "type"),
    ] {
        assert_eq!(invalid_field(api.create_custom_field(world.owner.asks(field)).await), bad);
    }
    let twice =
        CreateSegmentRequest { name: "New".to_owned(), statuses: vec!["a".to_owned(), "A".to_owned()], ..segment };
    assert_eq!(invalid_field(api.create_segment(world.owner.asks(twice)).await), "statuses[1]");
    let spaced = CreateActivityTypeRequest { id: "A talk".to_owned(), ..kind };
    assert_eq!(invalid_field(api.create_activity_type(world.owner.asks(spaced)).await), "id");
}

#[tokio::test]
async fn members_are_put_into_segments_all_or_none() {
    let world = World::new().await;
    for name in ["ann", "ben"] {
        world.say(user(name, with_email(&format!("{name}@example.org")))).await;
    }
    world.settled().await;
    let (segment_id, statuses) = world.new_segment("Helpers", &["new", "active"]).await;
    let mut api = world.suite.community();
    let add = |of: &[&str], status_id| AddToSegmentRequest {
        segment_id,
        identities: of.iter().filter_map(|of| email(of)).collect(),
        status_id,
    };
    let refused = api.add_to_segment(world.asks(add(&["ann@example.org", "x@example.org"], 0))).await;
    assert_eq!(refusal(refused), (Code::NotFound, ErrorReason::MemberNotFound));
    assert_eq!(world.member("ann@example.org").await.segments, []);
    api.add_to_segment(world.asks(add(&["ann@example.org", "ben@example.org", "ANN@example.org"], 0))).await.unwrap();
    assert_eq!(world.member("ben@example.org").await.segments[0].name, "Helpers");
    let status = "SELECT array_agg(DISTINCT status_id) FROM community.segment_records";
    assert_eq!(world.suite.database.value::<Vec<i64>>(status).await, [statuses[0]]);
    api.add_to_segment(world.asks(add(&["ann@example.org"], statuses[1]))).await.unwrap();
    api.add_to_segment(world.asks(add(&["ann@example.org"], 0))).await.unwrap();
    let mut now: Vec<i64> = world.suite.database.value(status).await;
    now.sort_unstable();
    assert_eq!(now, statuses, "without a status who is there stays where they are");
    assert_eq!(invalid_field(api.add_to_segment(world.asks(add(&["ann@example.org"], 999_999))).await), "status_id");
    assert_eq!(invalid_field(api.add_to_segment(world.asks(add(&[], 0))).await), "identities");
    let unknown = AddToSegmentRequest { segment_id: 999_999, ..add(&["ann@example.org"], 0) };
    let not_found = (Code::NotFound, ErrorReason::SegmentNotFound);
    assert_eq!(refusal(api.add_to_segment(world.asks(unknown)).await), not_found);
    let segments = api.list_segments(world.asks(ListSegmentsRequest {})).await.unwrap().into_inner().segments;
    assert_eq!((segments.len(), segments[0].id), (1, segment_id));
    let list = |segment_id| world.asks(ListSegmentStatusesRequest { segment_id });
    let listed = api.list_segment_statuses(list(segment_id)).await.unwrap().into_inner().statuses;
    assert_eq!(listed.iter().map(|status| status.name.as_str()).collect::<Vec<_>>(), ["new", "active"]);
    assert_eq!(refusal(api.list_segment_statuses(list(999_999)).await), not_found);
    let note = |segment_id| world.asks(AddSegmentNoteRequest { segment_id, note: "Good.".to_owned() });
    api.add_segment_note(note(segment_id)).await.unwrap();
    assert_eq!(refusal(api.add_segment_note(note(999_999)).await), not_found);
}

#[tokio::test]
async fn a_deleted_community_leaves_nothing_and_others_alone() {
    let world = World::new().await;
    world.say(user("ann", with_email("ann@example.org"))).await;
    world.tell(activity("1", "ann")).await.unwrap();
    world.settled().await;
    let other = community(&world.suite, &world.owner, "Others").await;
    let delete = DeleteCommunityRequest { community_id: world.community.clone() };
    world.suite.communities().delete_community(world.owner.asks(delete.clone())).await.unwrap();
    let again = world.suite.communities().delete_community(world.owner.asks(delete)).await;
    assert_eq!(refusal(again), (Code::NotFound, ErrorReason::CommunityNotFound));
    eventually("its data is gone", async || {
        let stored = world.stored().await;
        (!stored.contains(&world.community) && !stored.contains("ann@example.org")).then_some(())
    })
    .await;
    assert!(world.stored().await.contains(&other));
}

#[tokio::test]
async fn communities_go_with_their_organization() {
    let world = World::new().await;
    world.say(user("ann", with_email("ann@example.org"))).await;
    world.settled().await;
    let request = connectus_proto::auth::v1::DeleteAccountRequest { password: connectus_testkit::PASSWORD.to_owned() };
    world.suite.auth().delete_account(world.owner.asks(request)).await.unwrap();
    eventually("its data is gone", async || {
        let stored = world.stored().await;
        (!stored.contains(&world.community) && !stored.contains("ann@example.org")).then_some(())
    })
    .await;
}
