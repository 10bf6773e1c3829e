//! What is said of members by hand.

use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        AddMemberNoteRequest, AddMemberTagsRequest, CustomFieldType, Identity, ListCustomFieldsRequest, Profile,
        PutMemberRequest, SetCustomFieldRequest, custom_field_value::Value, identity::By,
    },
};
use connectus_testkit::{invalid_field, refusal};
use tonic::Code;

use crate::support::{World, email, setting, user, with_email};

const NOBODY: (Code, ErrorReason) = (Code::NotFound, ErrorReason::MemberNotFound);

#[tokio::test]
async fn a_member_is_found_by_any_handle() {
    let world = World::new().await;
    let profile = Profile {
        twitter: "@Ann".to_owned(),
        github: "Ann".to_owned(),
        linkedin: "in/Ann".to_owned(),
        discord: "Ann".to_owned(),
        ..with_email("ann@example.org")
    };
    world.say(user("ann", profile)).await;
    let ann = world.member("ANN@example.org").await;
    for by in [
        By::Twitter("https://x.com/ann".to_owned()),
        By::Github("ann".to_owned()),
        By::Linkedin("https://linkedin.com/in/ann/".to_owned()),
        By::Discord("ann".to_owned()),
    ] {
        assert_eq!(world.find(by.clone()).await.unwrap(), std::slice::from_ref(&ann), "{by:?}");
    }
    assert_eq!(refusal(world.find(By::Twitter("ben".to_owned())).await), NOBODY);
    assert_eq!(invalid_field(world.find(By::Email("x".to_owned())).await), "identity.email");
}

fn put(profile: Profile) -> PutMemberRequest {
    PutMemberRequest { source: "Form".to_owned(), profile: Some(profile), segment_id: 0 }
}

#[tokio::test]
async fn a_member_is_put_there_at_once() {
    let world = World::new().await;
    let segment = world.new_segment("Helpers", &["new"]).await;
    let mut api = world.suite.community();
    let full = Profile { full_name: "Ann".to_owned(), youtube: "ann".to_owned(), ..with_email("ann@example.org") };
    let request = PutMemberRequest { segment_id: segment.0, ..put(full) };
    api.put_member(world.asks(request)).await.unwrap();
    let found = world.find(By::Email("ann@example.org".to_owned())).await.unwrap();
    assert_eq!(found[0].profile.as_ref().unwrap().youtube, "ann");
    assert_eq!(found[0].segments[0].name, "Helpers");
    let more = Profile { city: "Bonn".to_owned(), ..with_email("Ann@example.org") };
    api.put_member(world.asks(put(more))).await.unwrap();
    let found = world.find(By::Email("ann@example.org".to_owned())).await.unwrap();
    assert_eq!(found.len(), 1);
    let profile = found[0].profile.clone().unwrap();
    assert_eq!((profile.full_name.as_str(), profile.city.as_str()), ("Ann", "Bonn"));
    let nameless = Profile { full_name: "Ann".to_owned(), ..Profile::default() };
    assert_eq!(invalid_field(api.put_member(world.asks(put(nameless))).await), "profile");
    let request = PutMemberRequest { segment_id: 999_999, ..put(with_email("ben@example.org")) };
    assert_eq!(refusal(api.put_member(world.asks(request)).await), (Code::NotFound, ErrorReason::SegmentNotFound));
    assert_eq!(refusal(world.find(By::Email("ben@example.org".to_owned())).await), NOBODY);
}

#[tokio::test]
async fn notes_are_kept() {
    let world = World::new().await;
    world.say(user("ann", with_email("ann@example.org"))).await;
    world.settled().await;
    let mut api = world.suite.community();
    let note = |identity: Option<Identity>, note: &str| AddMemberNoteRequest { identity, note: note.to_owned() };
    api.add_member_note(world.asks(note(email("ann@example.org"), " Kind. "))).await.unwrap();
    let kept: String = world.suite.database.value("SELECT note FROM community.notes").await;
    assert_eq!(kept, "Kind.");
    let refused = api.add_member_note(world.asks(note(email("nobody@example.org"), "x"))).await;
    assert_eq!(refusal(refused), NOBODY);
    assert_eq!(invalid_field(api.add_member_note(world.asks(note(email("ann@example.org"), ""))).await), "note");
    assert_eq!(invalid_field(api.add_member_note(world.asks(note(None, "x"))).await), "identity");
}

#[tokio::test]
async fn tags_are_put_on_members_and_made_on_first_use() {
    let world = World::new().await;
    world.say(user("ann", with_email("ann@example.org"))).await;
    world.settled().await;
    let mut api = world.suite.community();
    let tags = |tags: &[&str]| AddMemberTagsRequest {
        identity: email("ann@example.org"),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
    };
    api.add_member_tags(world.asks(tags(&["Helper", "kind"]))).await.unwrap();
    api.add_member_tags(world.asks(tags(&["helper", "KIND", "new"]))).await.unwrap();
    assert_eq!(world.member("ann@example.org").await.tags, ["Helper", "kind", "new"]);
    assert_eq!(invalid_field(api.add_member_tags(world.asks(tags(&[]))).await), "tags");
    let refused = api
        .add_member_tags(world.asks(AddMemberTagsRequest { identity: email("x@example.org"), ..tags(&["a"]) }))
        .await;
    assert_eq!(refusal(refused), NOBODY);
}

#[tokio::test]
async fn a_custom_field_is_set_by_hand() {
    let world = World::new().await;
    world.say(user("ann", with_email("ann@example.org"))).await;
    world.settled().await;
    let age = world.new_field("Age", CustomFieldType::Int, false, &[]).await;
    let mut api = world.suite.community();
    let set = |of: &str, kind, values| SetCustomFieldRequest {
        identity: email(of),
        setting: Some(setting(age, kind, values)),
    };
    let seven = || vec![Value::Number(7.0)];
    api.set_custom_field(world.asks(set("ann@example.org", CustomFieldType::Int, seven()))).await.unwrap();
    let known = world.member("ann@example.org").await.custom_fields;
    assert_eq!(known[0].values[0].value, Some(Value::Number(7.0)));
    let refused = api.set_custom_field(world.asks(set("x@example.org", CustomFieldType::Int, seven()))).await;
    assert_eq!(refusal(refused), NOBODY);
    let wrong = vec![Value::Text("7".to_owned())];
    let refused = api.set_custom_field(world.asks(set("ann@example.org", CustomFieldType::Int, wrong))).await;
    assert_eq!(invalid_field(refused), "setting.values");
    let refused = api.set_custom_field(world.asks(set("ann@example.org", CustomFieldType::Url, seven()))).await;
    assert_eq!(invalid_field(refused), "setting.type");
    let list = async |source_id| {
        let request = world.asks(ListCustomFieldsRequest { source_id });
        world.suite.community().list_custom_fields(request).await.unwrap().into_inner().custom_fields.len()
    };
    assert_eq!((list(0).await, list(world.source).await, list(world.source + 999).await), (1, 1, 0));
}
