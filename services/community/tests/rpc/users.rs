//! What sources say about people.

use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{CustomFieldType, ExternalProfile, Profile, SourceUser, custom_field_value::Value},
};
use connectus_testkit::{invalid_field, refusal};
use tonic::Code;

use crate::support::{World, activity, at, masked, setting, tag, user, with_email};

#[tokio::test]
async fn what_is_said_is_known() {
    let world = World::new().await;
    let profile = Profile {
        full_name: "Ann Lee".to_owned(),
        email: "Ann@Example.org".to_owned(),
        linkedin: "https://www.linkedin.com/in/Ann".to_owned(),
        github: "Ann".to_owned(),
        twitter: "@ann".to_owned(),
        discord: "ann#1234".to_owned(),
        bio: "Helps.".to_owned(),
        city: "Bonn".to_owned(),
        external_profiles: vec![ExternalProfile { url: "https://ann.example".to_owned(), name: String::new() }],
        ..Profile::default()
    };
    world.say(SourceUser { tags: vec![tag("Helper")], ..user("ann", profile.clone()) }).await;
    let ann = world.member("ann@example.org").await;
    let shown = Profile { linkedin: "in/Ann".to_owned(), twitter: "ann".to_owned(), ..profile };
    assert_eq!(ann.profile, Some(shown));
    assert_eq!((ann.tags, ann.activities_count), (vec!["Helper".to_owned()], 0));
    assert!(ann.first_seen_time.is_some() && ann.last_active_time.is_none());
}

#[tokio::test]
async fn null_clears_absent_keeps_and_the_last_word_counts() {
    let world = World::new().await;
    let other = world.new_source("Crm").await;
    let with = |profile: Profile| user("ann", Profile { email: "ann@example.org".to_owned(), ..profile });
    world.say(with(Profile { bio: "chat".to_owned(), city: "Bonn".to_owned(), ..Profile::default() })).await;
    let crm = with(Profile { bio: "crm".to_owned(), ..Profile::default() });
    world.say_from(other, crm.clone()).await.unwrap();
    let profile = async || world.member("ann@example.org").await.profile.unwrap();
    assert_eq!((profile().await.bio, profile().await.city), ("crm".to_owned(), "Bonn".to_owned()));
    world.say(masked("ann", Profile::default(), &["bio"])).await;
    assert_eq!(profile().await.bio, "", "a null is a word too");
    assert_eq!(profile().await.city, "Bonn");
    world.say_from(other, crm).await.unwrap();
    assert_eq!(profile().await.bio, "", "a resend changes nothing");
    let newer = with(Profile { bio: "newer".to_owned(), ..Profile::default() });
    world.say_from(other, newer).await.unwrap();
    assert_eq!(profile().await.bio, "newer");
}

#[tokio::test]
async fn a_resend_changes_nothing() {
    let world = World::new().await;
    let said = SourceUser { tags: vec![tag("Helper")], ..user("ann", with_email("ann@example.org")) };
    world.say(said.clone()).await;
    world.tell(activity("1", "ann")).await.unwrap();
    world.settled().await;
    let before = (world.member("ann@example.org").await, world.activities().await);
    for _ in 0..2 {
        world.say(said.clone()).await;
        world.tell(activity("1", "ann")).await.unwrap();
    }
    assert_eq!((world.member("ann@example.org").await, world.activities().await), before);
}

#[tokio::test]
async fn one_source_is_listened_to_in_its_order() {
    let world = World::new().await;
    for number in 0..50 {
        let bio = number.to_string();
        world.say(user("ann", Profile { bio, ..with_email("ann@example.org") })).await;
    }
    assert_eq!(world.member("ann@example.org").await.profile.unwrap().bio, "49");
}

#[tokio::test]
async fn bad_fields_are_named() {
    let world = World::new().await;
    let bad = |profile: Profile| SourceUser { profile: Some(profile), ..user("ann", Profile::default()) };
    for (said, field) in [
        (user("", Profile::default()), "user.id"),
        (user("forgotten:1", Profile::default()), "user.id"),
        (bad(with_email("x")), "user.profile.email"),
        (bad(Profile { avatar_url: "x".to_owned(), ..Profile::default() }), "user.profile.avatar_url"),
        (masked("ann", Profile::default(), &["x"]), "user.profile_mask"),
        (
            SourceUser {
                custom_fields: vec![setting(1, CustomFieldType::String, vec![])],
                ..user("a", Profile::default())
            },
            "user.custom_fields[0].custom_field_id",
        ),
        (SourceUser { tags: vec![tag("a,b")], ..user("ann", Profile::default()) }, "user.tags[0].name"),
    ] {
        assert_eq!(invalid_field(world.say_from(world.source, said).await), field);
    }
    let unknown = world.say_from(world.source + 1000, user("ann", Profile::default())).await;
    assert_eq!(refusal(unknown), (Code::NotFound, ErrorReason::SourceNotFound));
    assert_eq!(world.members().await, []);
}

#[tokio::test]
async fn custom_fields_are_said_and_cleared() {
    let world = World::new().await;
    let languages = world.new_field("Languages", CustomFieldType::Enum, true, &["Rust", "Go"]).await;
    let said = |values: Vec<Value>| {
        let custom_fields = vec![setting(languages, CustomFieldType::Enum, values)];
        SourceUser { custom_fields, ..user("ann", with_email("ann@example.org")) }
    };
    let text = |text: &str| Value::Text(text.to_owned());
    world.say(said(vec![text("Rust"), text("Go")])).await;
    let known = world.member("ann@example.org").await.custom_fields;
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].field.as_ref().unwrap().name, "Languages");
    assert_eq!(known[0].values.len(), 2);
    let wrong = world.say_from(world.source, said(vec![text("Latin")])).await;
    assert_eq!(invalid_field(wrong), "user.custom_fields[0].values");
    world.say(said(vec![])).await;
    assert_eq!(world.member("ann@example.org").await.custom_fields, []);
}

#[tokio::test]
async fn the_first_activity_may_be_before_the_first_word() {
    let world = World::new().await;
    world.say(user("ann", with_email("ann@example.org"))).await;
    for (id, time) in [("1", 1_000_000), ("2", 2_000_000)] {
        let mut activity = activity(id, "ann");
        activity.occur_time = at(time);
        world.tell(activity).await.unwrap();
    }
    let ann = world.member("ann@example.org").await;
    assert_eq!((ann.activities_count, ann.first_seen_time, ann.last_active_time), (2, at(1_000_000), at(2_000_000)));
}
