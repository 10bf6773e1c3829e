//! That people are forgotten.

use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        ActivityContent, AddMemberNoteRequest, Anonymization, AnonymizeMemberRequest, CustomFieldType, ExternalProfile,
        ListAnonymizationsRequest, ParentActivity, Profile, SourceActivity, SourceUser, custom_field_value::Value,
        identity::By,
    },
};
use connectus_testkit::{Options, Suite, eventually, invalid_field, refusal};
use tonic::{Code, Status};

use crate::support::{World, activity, email, setting, tag, user, with_email};

async fn forget(world: &World, email: &str) -> Result<(), Status> {
    let request = AnonymizeMemberRequest { email: email.to_owned() };
    world.suite.community().anonymize_member(world.asks(request)).await.map(drop)
}

async fn anonymizations(world: &World) -> Vec<Anonymization> {
    let request =
        ListAnonymizationsRequest { community_id: world.community.clone(), ..ListAnonymizationsRequest::default() };
    let answer = world.suite.communities().list_anonymizations(world.owner.asks(request)).await;
    answer.unwrap().into_inner().anonymizations
}

async fn forgotten(world: &World) {
    eventually("they are forgotten", async || {
        anonymizations(world).await.iter().all(|one| one.finish_time.is_some()).then_some(())
    })
    .await;
}

/// Everything of Zora that must not remain.
const TRACES: [&str; 17] = [
    "zora@",
    "Zora",
    "Quill",
    "zq-name",
    "zq-avatar",
    "zq-bio",
    "zq-linkedin",
    "zq-github",
    "zq-twitter",
    "zq-discord",
    "zq-city",
    "zq-place",
    "zq-note",
    "zq-value",
    "zq-title",
    "zq-words",
    "zq-id",
];

/// A member of whom all there may be is known, by two sources.
async fn zora(world: &World) {
    let field = world.new_field("Motto", CustomFieldType::String, false, &[]).await;
    let crm = world.new_source("Crm").await;
    let profile = Profile {
        full_name: "Zora Quill".to_owned(),
        first_name: "Zora".to_owned(),
        last_name: "Quill".to_owned(),
        username: "zq-name".to_owned(),
        avatar_url: "https://example.org/zq-avatar.png".to_owned(),
        bio: "zq-bio".to_owned(),
        linkedin: "in/zq-linkedin".to_owned(),
        github: "zq-github".to_owned(),
        twitter: "zq-twitter".to_owned(),
        discord: "zq-discord".to_owned(),
        city: "zq-city".to_owned(),
        raw_location: "zq-place".to_owned(),
        external_profiles: vec![ExternalProfile { url: "https://zq-id.example".to_owned(), name: "Zora".to_owned() }],
        ..with_email("zora@example.org")
    };
    let motto = setting(field, CustomFieldType::String, vec![Value::Text("zq-value".to_owned())]);
    world
        .say(SourceUser {
            custom_fields: vec![motto],
            tags: vec![tag("Helper"), tag("Zora@example.org")],
            ..user("zq-id", profile)
        })
        .await;
    world.say_from(crm, user("zora@crm.example", with_email("Zora@Example.org"))).await.unwrap();
    let told = SourceActivity {
        title: "zq-title".to_owned(),
        content: Some(ActivityContent { format: 0, value: "zq-words".to_owned() }),
        url: "https://example.org/zq-id".to_owned(),
        ..activity("zq-id-1", "zq-id")
    };
    world.tell(told).await.unwrap();
    let parent = Some(ParentActivity { id: "zq-id-1".to_owned(), activity_type: "talk".to_owned() });
    let mut reply = SourceActivity { title: "Hello".to_owned(), parent, ..activity("2", "ben") };
    reply.user = Some(user("ben", with_email("ben@example.org")));
    world.tell(reply).await.unwrap();
    world.settled().await;
    let note = AddMemberNoteRequest { identity: email("zora@example.org"), note: "zq-note".to_owned() };
    world.suite.community().add_member_note(world.asks(note)).await.unwrap();
}

#[tokio::test]
async fn nothing_remains_of_who_it_was_and_counts_do() {
    let world = World::with(Options { community: vec!["--anonymize-after=0"], ..Options::default() }).await;
    zora(&world).await;
    world.suite.database.execute("INSERT INTO community.dead_items (id, community_id, item, created_at, last_error) \
        SELECT gen_random_uuid(), community_id, jsonb_build_object('kind', 'user', 'source_id', source_id, 'id', external_id, \
        'said', statements), now(), '' FROM community.records").await;
    let before = world.stored().await;
    for trace in TRACES {
        assert!(before.contains(trace), "{trace} is there before");
    }
    let zora = world.member("zora@example.org").await;
    forget(&world, "ZORA@example.org").await.unwrap();
    forgotten(&world).await;
    let after = world.suite.database.dump().await;
    assert!(after.contains(&zora.id), "it is a dump");
    for trace in TRACES {
        assert!(!after.contains(trace), "{trace} remains:\n{after}");
    }
    let refused = world.find(By::Email("zora@example.org".to_owned())).await;
    assert_eq!(refusal(refused), (Code::NotFound, ErrorReason::MemberNotFound));
    let member = world.members().await.into_iter().find(|member| member.id == zora.id).unwrap();
    assert_eq!((member.activities_count, member.tags), (1, vec!["Helper".to_owned()]));
    assert!(member.anonymize_time.is_some());
    assert_eq!(member.profile, Some(Profile::default()));
    let ben = world.member("ben@example.org").await;
    assert_eq!(ben.activities_count, 1, "others stay");
    let listed = world.activities().await;
    let reply = listed.iter().find(|activity| activity.title == "Hello").unwrap();
    let parent = &reply.parent.as_ref().unwrap().id;
    assert!(listed.iter().any(|activity| &activity.source_activity_id == parent), "it still belongs to the other one");
    let record = anonymizations(&world).await.remove(0);
    assert_eq!((record.member_id.as_str(), record.activities_count), ("", 1));
    assert!(record.finish_time.is_some());
}

#[tokio::test]
async fn what_was_put_aside_of_others_stays() {
    let world = World::with(Options { community: vec!["--anonymize-after=0"], ..Options::default() }).await;
    // A handle that is in every item.
    let profile = Profile { twitter: "user".to_owned(), ..with_email("ann@example.org") };
    world.say(user("ann", profile)).await;
    world.settled().await;
    for (id, address) in [("ann", ""), ("other", "ann@example.org"), ("ben", "ben@example.org")] {
        let item = format!(
            "{{\"kind\": \"user\", \"source_id\": {}, \"id\": \"{id}\", \"said\": {{\"email\": \"{address}\"}}}}",
            world.source
        );
        let put_aside = format!(
            "INSERT INTO community.dead_items (id, community_id, item, created_at, last_error) \
            VALUES (gen_random_uuid(), '{}', '{item}', now(), '')",
            world.community
        );
        world.suite.database.execute(&put_aside).await;
    }
    forget(&world, "ann@example.org").await.unwrap();
    forgotten(&world).await;
    let left: Vec<String> = world.suite.database.value("SELECT array_agg(item->>'id') FROM community.dead_items").await;
    assert_eq!(left, ["ben"]);
}

#[tokio::test]
async fn it_is_done_in_time_and_not_before() {
    let world = World::new().await;
    world.say(user("ann", with_email("ann@example.org"))).await;
    world.settled().await;
    for _ in 0..2 {
        forget(&world, "ann@example.org").await.unwrap();
    }
    let asked = anonymizations(&world).await;
    assert_eq!(asked.len(), 1, "a repeat changes nothing");
    let (created, due) = (asked[0].create_time.unwrap().seconds, asked[0].due_time.unwrap().seconds);
    assert_eq!(due - created, 86_400);
    assert_eq!(asked[0].member_id, world.member("ann@example.org").await.id, "until then nothing changes");
    world.suite.database.execute("UPDATE community.anonymizations SET due_at = now()").await;
    forgotten(&world).await;
}

#[tokio::test]
async fn what_was_due_while_the_service_was_down_is_done_when_it_is_back() {
    let world = World::new().await;
    world.say(user("ann", with_email("ann@example.org"))).await;
    world.settled().await;
    forget(&world, "ann@example.org").await.unwrap();
    let World { suite, owner, community, token, token_id, source } = world;
    let (database, identity) = (suite.database.share().await, suite.identity.clone());
    drop(suite);
    database.execute("UPDATE community.anonymizations SET due_at = now()").await;
    let suite = Suite::with(Options { database: Some(database), identity: Some(identity), ..Options::default() }).await;
    let world = World { suite, owner, community, token, token_id, source };
    forgotten(&world).await;
    assert!(!world.stored().await.contains("ann@example.org"));
}

#[tokio::test]
async fn who_is_to_be_forgotten_is_so_after_a_merge_too() {
    let world = World::new().await;
    world.say(user("a", Profile { github: "ann".to_owned(), ..Profile::default() })).await;
    world.say(user("b", with_email("ann@example.org"))).await;
    world.settled().await;
    forget(&world, "ann@example.org").await.unwrap();
    world.say(user("b", Profile { github: "ann".to_owned(), ..with_email("ann@example.org") })).await;
    world.settled().await;
    assert_eq!(world.members().await.len(), 1);
    world.suite.database.execute("UPDATE community.anonymizations SET due_at = now()").await;
    forgotten(&world).await;
    let stored = world.stored().await;
    assert!(!stored.contains("ann@example.org") && !stored.contains("ann\""), "{stored}");
}

#[tokio::test]
async fn nobody_cannot_be_forgotten() {
    let world = World::new().await;
    assert_eq!(refusal(forget(&world, "x@example.org").await), (Code::NotFound, ErrorReason::MemberNotFound));
    assert_eq!(invalid_field(forget(&world, "x").await), "email");
}
