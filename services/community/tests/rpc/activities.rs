//! What sources tell of activities.

use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        ActivityContent, AddActivityRequest, ContentFormat, ListActivityTypesRequest, ParentActivity, Profile,
        SourceActivity,
    },
};
use connectus_testkit::{invalid_field, refusal};
use tonic::Code;

use crate::support::{World, activity, at, email, tag, user, with_email};

#[tokio::test]
async fn what_is_told_is_listed_and_rendered_without_harm() {
    let world = World::new().await;
    let value = "**Hi** <script>alert(1)</script>".to_owned();
    let told = SourceActivity {
        title: "A talk".to_owned(),
        content: Some(ActivityContent { format: ContentFormat::Markdown.into(), value: value.clone() }),
        occur_time: at(1_700_000_000),
        url: "https://example.org/talk".to_owned(),
        tags: vec![tag("Fun")],
        sub_source: "general".to_owned(),
        user: Some(user("ann", with_email("ann@example.org"))),
        ..activity("1", "ann")
    };
    world.tell(told).await.unwrap();
    let listed = world.activities().await.remove(0);
    assert_eq!(listed.content.unwrap().value, value, "it is kept as it was given");
    assert!(listed.content_html.contains("<strong>Hi</strong>") && !listed.content_html.contains("script"));
    assert_eq!((listed.source_id, listed.source_activity_id.as_str()), (world.source, "1"));
    assert_eq!((listed.title.as_str(), listed.sub_source.as_str()), ("A talk", "general"));
    assert_eq!((listed.occur_time, listed.tags), (at(1_700_000_000), vec!["Fun".to_owned()]));
    assert_eq!(listed.member_id, world.member("ann@example.org").await.id);
}

#[tokio::test]
async fn an_activity_is_known_by_source_id_and_type() {
    let world = World::new().await;
    world.new_type("post").await;
    world.tell(SourceActivity { title: "old".to_owned(), ..activity("1", "ann") }).await.unwrap();
    world.tell(SourceActivity { activity_type: "post".to_owned(), ..activity("1", "ann") }).await.unwrap();
    world.tell(SourceActivity { title: "new".to_owned(), ..activity("1", "ann") }).await.unwrap();
    let listed = world.activities().await;
    let titles: Vec<(&str, &str)> =
        listed.iter().map(|activity| (activity.activity_type.as_str(), activity.title.as_str())).collect();
    assert_eq!(titles.len(), 2);
    assert!(titles.contains(&("talk", "new")) && titles.contains(&("post", "")));
}

#[tokio::test]
async fn an_activity_may_turn_out_to_be_another_persons() {
    let world = World::new().await;
    world.say(user("ann", with_email("ann@example.org"))).await;
    world.say(user("ben", with_email("ben@example.org"))).await;
    world.tell(activity("1", "ann")).await.unwrap();
    assert_eq!(world.member("ann@example.org").await.activities_count, 1);
    world.tell(activity("1", "ben")).await.unwrap();
    assert_eq!(world.member("ann@example.org").await.activities_count, 0);
    assert_eq!(world.member("ben@example.org").await.activities_count, 1);
}

#[tokio::test]
async fn a_parent_may_come_later() {
    let world = World::new().await;
    let parent = Some(ParentActivity { id: "1".to_owned(), activity_type: "talk".to_owned() });
    world.tell(SourceActivity { parent: parent.clone(), ..activity("2", "ben") }).await.unwrap();
    world.settled().await;
    world.tell(activity("1", "ann")).await.unwrap();
    let listed = world.activities().await;
    assert_eq!(listed.iter().find(|activity| activity.source_activity_id == "2").unwrap().parent, parent);
}

#[tokio::test]
async fn bad_fields_are_named_and_nothing_is_taken_in() {
    let world = World::new().await;
    let content = |value: String| Some(ActivityContent { format: 0, value });
    for (told, field) in [
        (activity("", "ann"), "activity.id"),
        (activity("1", ""), "activity.user.id"),
        (SourceActivity { activity_type: "unknown".to_owned(), ..activity("1", "ann") }, "activity.activity_type"),
        (SourceActivity { url: "x".to_owned(), ..activity("1", "ann") }, "activity.url"),
        (SourceActivity { occur_time: at(-1), ..activity("1", "ann") }, "activity.occur_time"),
        (SourceActivity { occur_time: at(99_999_999_999), ..activity("1", "ann") }, "activity.occur_time"),
        (SourceActivity { content: content("x".repeat(50_001)), ..activity("1", "ann") }, "activity.content.value"),
        (
            SourceActivity { user: Some(user("ann", with_email("x"))), ..activity("1", "ann") },
            "activity.user.profile.email",
        ),
    ] {
        assert_eq!(invalid_field(world.tell(told).await), field);
    }
    assert_eq!(world.activities().await, []);
}

fn add(of: &str) -> AddActivityRequest {
    AddActivityRequest {
        source: "Form".to_owned(),
        identities: of.split(',').filter_map(email).collect(),
        activity_type: "talk".to_owned(),
        body: "Hello".to_owned(),
        occur_time: at(1_700_000_000),
        tags: vec!["Fun".to_owned()],
    }
}

#[tokio::test]
async fn an_activity_is_added_to_members_who_are_there() {
    let world = World::new().await;
    world.say(user("ann", Profile { bio: "Hi".to_owned(), ..with_email("Ann@example.org") })).await;
    world.say(user("ben", with_email("ben@example.org"))).await;
    world.settled().await;
    for _ in 0..2 {
        let request = world.asks(add("ann@example.org,ben@example.org"));
        world.suite.community().add_activity(request).await.unwrap();
    }
    let ann = world.member("ann@example.org").await;
    assert_eq!((ann.activities_count, ann.profile.unwrap().email), (1, "Ann@example.org".to_owned()));
    assert_eq!(world.member("ben@example.org").await.activities_count, 1);
    let refused = world.suite.community().add_activity(world.asks(add("nobody@example.org"))).await;
    assert_eq!(refusal(refused), (Code::NotFound, ErrorReason::MemberNotFound));
    let unknown = AddActivityRequest { activity_type: "unknown".to_owned(), ..add("ann@example.org") };
    let refused = world.suite.community().add_activity(world.asks(unknown)).await;
    assert_eq!(invalid_field(refused), "activity_type");
    assert_eq!(world.activities().await.len(), 2);
}

#[tokio::test]
async fn the_types_are_listed() {
    let world = World::new().await;
    world.new_type("post").await;
    let types = world.suite.community().list_activity_types(world.asks(ListActivityTypesRequest {})).await.unwrap();
    let types: Vec<String> = types.into_inner().activity_types.into_iter().map(|kind| kind.id).collect();
    assert_eq!(types, ["post", "talk"]);
}
