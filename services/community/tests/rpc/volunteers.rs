//! That what an organization confirms appears in its community, and follows what becomes of it and what people share.

use connectus_proto::{
    account::v1::{
        AcceptConnectionRequest, Account, BlockAccountRequest, RemoveConnectionRequest, RequestConnectionRequest,
        Settings, UnblockAccountRequest, UpdateAccountRequest, UpdateSettingsRequest, User, UserSettings, account,
        settings,
    },
    auth::v1::{ChangeEmailRequest, DeleteAccountRequest, VerifyEmailRequest},
    common::v1::ErrorReason,
    community::v1::{
        Activity, AnonymizeMemberRequest, Community, CreateSourceRequest, CustomFieldType, GetCommunityRequest,
        LinkCommunityRequest, Member, Profile, RefreshVolunteerRequest, SetCustomFieldRequest, SourceActivity,
        UnlinkCommunityRequest, UpsertActivityRequest, UpsertUserRequest, custom_field_value::Value,
    },
    experience::v1::{
        CreateExperienceRequest, DecideValidationRequest, Decision, DeleteExperienceRequest, ExperienceDetails,
        ReplaceExperienceRequest, Validator, validator,
    },
};
use connectus_testkit::{Options, PASSWORD, Person, eventually, refusal};
use prost_types::FieldMask;
use tonic::{Code, Status};

use crate::support::{World, activity, at, community, email, setting, user, with_email};

/// The type of the activities that come through a link.
const CONFIRMED: &str = "confirmed-experience";

#[expect(clippy::unnecessary_wraps, reason = "it is what requests take")]
fn on_site(organization: &Person) -> Option<Validator> {
    Some(Validator { validator: Some(validator::Validator::OrganizationId(organization.id.clone())) })
}

fn details(name: &str) -> ExperienceDetails {
    ExperienceDetails {
        name: name.to_owned(),
        description: "Served soup.".to_owned(),
        begin: "2025-05-01".to_owned(),
        end: "May 3".to_owned(),
        hours: 12,
        ..ExperienceDetails::default()
    }
}

/// Writes down an experience that an organization is to confirm. Answers its id.
async fn asked(world: &World, person: &Person, organization: &Person, name: &str) -> String {
    let request = CreateExperienceRequest { details: Some(details(name)), validator: on_site(organization) };
    let made = world.suite.experience().create_experience(person.asks(request)).await.unwrap();
    made.into_inner().experience.unwrap().id
}

async fn decide(world: &World, organization: &Person, (person, id): (&Person, &str), decision: Decision) {
    let (user_id, experience_id) = (person.id.clone(), id.to_owned());
    let request =
        DecideValidationRequest { user_id, experience_id, decision: decision.into(), request_id: String::new() };
    world.suite.experience().decide_validation(organization.asks(request)).await.unwrap();
}

/// Has an experience confirmed by the community's organization. Answers its id.
async fn confirmed(world: &World, person: &Person, name: &str) -> String {
    let id = asked(world, person, &world.owner, name).await;
    decide(world, &world.owner, (person, &id), Decision::Approve).await;
    id
}

/// Links a community. Answers the source.
async fn link_of(world: &World, owner: &Person, community: &str) -> Result<i64, Status> {
    let request = LinkCommunityRequest { community_id: community.to_owned() };
    let linked = world.suite.communities().link_community(owner.asks(request)).await?.into_inner();
    let source = linked.source.unwrap();
    assert_eq!(source.name, "ConnectUS");
    Ok(source.id)
}

async fn link(world: &World) -> i64 {
    link_of(world, &world.owner, &world.community).await.unwrap()
}

async fn unlink(world: &World) {
    let request = UnlinkCommunityRequest { community_id: world.community.clone() };
    world.suite.communities().unlink_community(world.owner.asks(request)).await.unwrap();
}

/// Waits until the titles of all activities are these.
async fn shown(world: &World, titles: &[&str]) -> Vec<Activity> {
    eventually(&format!("there is {titles:?}"), async || {
        let activities = world.activities().await;
        let mut found: Vec<&str> = activities.iter().map(|activity| activity.title.as_str()).collect();
        found.sort_unstable();
        (found == titles).then_some(activities)
    })
    .await
}

/// Waits until nobody is to be looked at.
async fn looked_at(world: &World) {
    eventually("all volunteers are looked at", async || {
        let left = "SELECT (SELECT count(*) FROM community.volunteers WHERE due_at IS NOT NULL) \
            + (SELECT count(*) FROM community.communities WHERE survey_after IS NOT NULL) \
            + (SELECT count(*) FROM experience.outbox) + (SELECT count(*) FROM account.outbox) \
            + (SELECT count(*) FROM auth.outbox WHERE due_at <= now() + interval '1 minute')";
        let left: i64 = world.suite.database.value(left).await;
        (left == 0).then_some(())
    })
    .await;
}

async fn share(world: &World, person: &Person, share_with_communities: bool) {
    let owner = settings::Owner::User(UserSettings { share_with_communities, ..UserSettings::default() });
    change_settings(world, person, owner, "share_with_communities").await;
}

async fn change_settings(world: &World, person: &Person, owner: settings::Owner, path: &str) {
    let update_mask = Some(FieldMask { paths: vec![path.to_owned()] });
    let request = UpdateSettingsRequest { settings: Some(Settings { owner: Some(owner) }), update_mask };
    world.suite.account().update_settings(person.asks(request)).await.unwrap();
}

async fn only(world: &World) -> Member {
    let mut members = world.members().await;
    assert_eq!(members.len(), 1, "{members:?}");
    members.remove(0)
}

fn name_and_email(member: &Member) -> (String, String) {
    let profile = member.profile.clone().unwrap_or_default();
    (profile.full_name, profile.email)
}

#[tokio::test]
async fn what_was_confirmed_and_what_will_be_appears() {
    let world = World::new().await;
    let (ann, rival) = (world.suite.user("Ann").await, world.suite.organization("Rival").await);
    let before = confirmed(&world, &ann, "Before").await;
    world.say(user("crm-1", Profile { full_name: "Ann Lee".to_owned(), ..with_email("ANN@example.org") })).await;
    world.settled().await;
    let source = link(&world).await;
    shown(&world, &["Before"]).await;
    confirmed(&world, &ann, "Later").await;
    let declined = asked(&world, &ann, &world.owner, "Declined").await;
    decide(&world, &world.owner, (&ann, &declined), Decision::Decline).await;
    asked(&world, &ann, &world.owner, "Waiting").await;
    let elsewhere = asked(&world, &ann, &rival, "Elsewhere").await;
    decide(&world, &rival, (&ann, &elsewhere), Decision::Approve).await;
    looked_at(&world).await;
    let activities = shown(&world, &["Before", "Later"]).await;

    let first = activities.iter().find(|activity| activity.title == "Before").unwrap();
    assert_eq!((first.source_id, &first.source_activity_id), (source, &before));
    assert_eq!((first.activity_type.as_str(), first.occur_time), (CONFIRMED, at(1_746_057_600)));
    let work = first.confirmed_work.clone().unwrap();
    assert_eq!((work.hours, work.begin.as_str(), work.end.as_str()), (12, "2025-05-01", "May 3"));
    let member = only(&world).await;
    assert_eq!(first.member_id, member.id, "one address, one member");
    assert_eq!((name_and_email(&member).0.as_str(), member.activities_count), ("Ann", 2));

    let request = GetCommunityRequest { community_id: world.community.clone() };
    let found = world.suite.communities().get_community(world.owner.asks(request)).await.unwrap().into_inner();
    assert!(found.community.unwrap().is_linked);
    let structure = found.structure.unwrap();
    assert!(structure.sources.iter().any(|found| found.id == source));
    assert!(structure.activity_types.iter().any(|found| found.id == CONFIRMED));
    assert_eq!(link(&world).await, source, "a repeat changes nothing");
}

#[tokio::test]
async fn what_is_not_confirmed_any_more_goes() {
    let world = World::new().await;
    let (ann, rival) = (world.suite.user("Ann").await, world.suite.organization("Rival").await);
    link(&world).await;
    let [first, second, third] = ["First", "Second", "Third"];
    let first = confirmed(&world, &ann, first).await;
    let second = confirmed(&world, &ann, second).await;
    let third = confirmed(&world, &ann, third).await;
    shown(&world, &["First", "Second", "Third"]).await;

    let request = DeleteExperienceRequest { experience_id: first };
    world.suite.experience().delete_experience(ann.asks(request)).await.unwrap();
    shown(&world, &["Second", "Third"]).await;
    let replace = async |experience_id: &str, name: &str, validator: Option<Validator>| {
        let (experience_id, details) = (experience_id.to_owned(), Some(details(name)));
        let request = ReplaceExperienceRequest { experience_id, details, validator };
        world.suite.experience().replace_experience(ann.asks(request)).await.unwrap();
    };
    replace(&second, "Second, longer", on_site(&world.owner)).await;
    shown(&world, &["Third"]).await;
    decide(&world, &world.owner, (&ann, &second), Decision::Approve).await;
    let again = shown(&world, &["Second, longer", "Third"]).await;
    assert!(again.iter().any(|activity| activity.source_activity_id == second));
    replace(&third, "Third", on_site(&rival)).await;
    shown(&world, &["Second, longer"]).await;
    assert_eq!(only(&world).await.activities_count, 1);
    replace(&second, "Second", None).await;
    shown(&world, &[]).await;
    let left = only(&world).await;
    assert_eq!((left.activities_count, name_and_email(&left)), (0, Default::default()), "nothing is shared any more");
}

#[tokio::test]
async fn whoever_does_not_share_is_left_out() {
    let world = World::new().await;
    let (ann, ben) = (world.suite.user("Ann").await, world.suite.user("Ben").await);
    share(&world, &ben, false).await;
    link(&world).await;
    confirmed(&world, &ann, "Ann's").await;
    confirmed(&world, &ben, "Ben's").await;
    shown(&world, &["Ann's"]).await;
    looked_at(&world).await;
    assert!(!world.stored().await.contains("Ben"), "nobody learns of who does not share");

    share(&world, &ben, true).await;
    shown(&world, &["Ann's", "Ben's"]).await;
    share(&world, &ann, false).await;
    shown(&world, &["Ben's"]).await;
    looked_at(&world).await;
    let stored = world.stored().await;
    assert!(!stored.contains("Ann") && !stored.contains(&ann.email), "{stored}");
    share(&world, &ann, true).await;
    shown(&world, &["Ann's", "Ben's"]).await;

    let account_id = world.owner.id.clone();
    let block = BlockAccountRequest { account_id: account_id.clone() };
    world.suite.connections().block_account(ben.asks(block)).await.unwrap();
    shown(&world, &["Ann's"]).await;
    world.suite.connections().unblock_account(ben.asks(UnblockAccountRequest { account_id })).await.unwrap();
    shown(&world, &["Ann's", "Ben's"]).await;
    assert_eq!(world.members().await.len(), 2, "each stays the member that they were");
}

#[tokio::test]
async fn a_name_is_shown_as_the_organization_may_see_it() {
    let world = World::new().await;
    let ann = world.suite.user("Ann").await;
    link(&world).await;
    confirmed(&world, &ann, "Soup").await;
    shown(&world, &["Soup"]).await;
    assert_eq!(name_and_email(&only(&world).await), ("Ann".to_owned(), ann.email.clone()));
    let named = async |name: &str| {
        eventually(&format!("the name is {name}"), async || {
            (name_and_email(&only(&world).await).0 == name).then_some(())
        })
        .await;
    };
    let owner = account::Owner::User(User { last_name: "Lee".to_owned(), ..User::default() });
    let update_mask = Some(FieldMask { paths: vec!["user.last_name".to_owned()] });
    let request =
        UpdateAccountRequest { account: Some(Account { owner: Some(owner), ..Account::default() }), update_mask };
    world.suite.account().update_account(ann.asks(request)).await.unwrap();
    named("Ann Lee").await;
    let hidden = settings::Owner::User(UserSettings::default());
    change_settings(&world, &ann, hidden, "is_full_name_visible").await;
    named("Ann").await;
}

#[tokio::test]
async fn what_others_say_of_a_person_stays_when_the_person_shares_no_more() {
    let world = World::new().await;
    let ann = world.suite.user("Ann").await;
    world.say(user("crm-1", Profile { full_name: "Ann Quill".to_owned(), ..with_email(&ann.email) })).await;
    world.settled().await;
    let of_crm = ("Ann Quill".to_owned(), ann.email.clone());
    link(&world).await;
    for _ in 0..2 {
        confirmed(&world, &ann, "Soup").await;
        share(&world, &ann, true).await;
        looked_at(&world).await;
        assert_eq!(name_and_email(&only(&world).await).0, "Ann");
        share(&world, &ann, false).await;
        looked_at(&world).await;
        assert_eq!(name_and_email(&only(&world).await), of_crm);
    }
    share(&world, &ann, true).await;
    looked_at(&world).await;
    unlink(&world).await;
    looked_at(&world).await;
    assert_eq!(name_and_email(&only(&world).await), of_crm);
}

#[tokio::test]
async fn an_address_is_shared_while_it_is_verified() {
    let world = World::new().await;
    let ann = world.suite.user("Ann").await;
    link(&world).await;
    confirmed(&world, &ann, "Soup").await;
    looked_at(&world).await;
    let change = ChangeEmailRequest { password: PASSWORD.to_owned(), email: "new@example.net".to_owned() };
    world.suite.auth().change_email(ann.asks(change)).await.unwrap();
    let token = world.suite.mail.next("new@example.net").await.token().to_owned();
    let (account_id, organization_id) = (ann.id.clone(), String::new());
    let request = world.suite.as_service(RefreshVolunteerRequest { account_id, organization_id });
    world.suite.community_internal().refresh_volunteer(request).await.unwrap();
    looked_at(&world).await;
    assert_eq!(name_and_email(&only(&world).await), ("Ann".to_owned(), String::new()), "it is in doubt");
    world.suite.auth().verify_email(VerifyEmailRequest { token }).await.unwrap();
    eventually("the new one is shared", async || {
        (name_and_email(&only(&world).await).1 == "new@example.net").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_name_that_only_connections_see_goes_with_the_connection() {
    let world = World::new().await;
    let ann = world.suite.user("Ann").await;
    link(&world).await;
    let owner = account::Owner::User(User { last_name: "Lee".to_owned(), ..User::default() });
    let update_mask = Some(FieldMask { paths: vec!["user.last_name".to_owned()] });
    let request =
        UpdateAccountRequest { account: Some(Account { owner: Some(owner), ..Account::default() }), update_mask };
    world.suite.account().update_account(ann.asks(request)).await.unwrap();
    change_settings(&world, &ann, settings::Owner::User(UserSettings::default()), "is_full_name_visible").await;
    confirmed(&world, &ann, "Soup").await;
    looked_at(&world).await;
    assert_eq!(name_and_email(&only(&world).await).0, "Ann");
    let (account_id, message) = (world.owner.id.clone(), String::new());
    let mut connections = world.suite.connections();
    connections.request_connection(ann.asks(RequestConnectionRequest { account_id, message })).await.unwrap();
    let accept = AcceptConnectionRequest { account_id: ann.id.clone() };
    connections.accept_connection(world.owner.asks(accept)).await.unwrap();
    looked_at(&world).await;
    assert_eq!(name_and_email(&only(&world).await).0, "Ann Lee");
    let remove = RemoveConnectionRequest { account_id: ann.id.clone() };
    connections.remove_connection(world.owner.asks(remove)).await.unwrap();
    looked_at(&world).await;
    assert_eq!(name_and_email(&only(&world).await).0, "Ann");
}

#[tokio::test]
async fn what_a_link_brought_can_be_said_more_of() {
    let world = World::new().await;
    let ann = world.suite.user("Ann").await;
    let field = world.new_field("Motto", CustomFieldType::String, false, &[]).await;
    link(&world).await;
    confirmed(&world, &ann, "Soup").await;
    looked_at(&world).await;
    let motto = Some(setting(field, CustomFieldType::String, vec![Value::Text("On".to_owned())]));
    let request = SetCustomFieldRequest { identity: email(&ann.email), setting: motto };
    world.suite.community().set_custom_field(world.asks(request)).await.unwrap();
    share(&world, &ann, false).await;
    looked_at(&world).await;
    assert_eq!(only(&world).await.custom_fields.len(), 1, "it is the community's own");
}

#[tokio::test]
async fn what_is_withdrawn_while_a_link_ends_does_not_come_back() {
    let world = World::new().await;
    let ann = world.suite.user("Ann").await;
    link(&world).await;
    let soup = confirmed(&world, &ann, "Soup").await;
    shown(&world, &["Soup"]).await;
    // As long as this is held, nobody is looked at.
    let mut client = world.suite.database.connect().await;
    let holding = client.transaction().await.unwrap();
    holding.execute("SELECT FROM community.volunteers FOR UPDATE", &[]).await.unwrap();
    unlink(&world).await;
    let request = DeleteExperienceRequest { experience_id: soup };
    world.suite.experience().delete_experience(ann.asks(request)).await.unwrap();
    link(&world).await;
    holding.rollback().await.unwrap();
    shown(&world, &[]).await;
}

#[tokio::test]
async fn a_link_ends_and_begins_anew() {
    let world = World::new().await;
    let ann = world.suite.user("Ann").await;
    let source = link(&world).await;
    confirmed(&world, &ann, "Soup").await;
    shown(&world, &["Soup"]).await;
    unlink(&world).await;
    shown(&world, &[]).await;
    looked_at(&world).await;
    assert!(!world.stored().await.contains("Ann"));
    confirmed(&world, &ann, "Bread").await;
    looked_at(&world).await;
    assert!(world.activities().await.is_empty());
    unlink(&world).await;
    assert_eq!(link(&world).await, source);
    shown(&world, &["Bread", "Soup"]).await;
    assert_eq!(only(&world).await.activities_count, 2);
}

#[tokio::test]
async fn every_linked_community_of_the_organization_learns_of_it() {
    let world = World::new().await;
    let (ann, rival) = (world.suite.user("Ann").await, world.suite.organization("Rival").await);
    let other = community(&world.suite, &world.owner, "Others").await;
    let of_rival = community(&world.suite, &rival, "Rivals").await;
    let refused = link_of(&world, &rival, &world.community).await;
    assert_eq!(refusal(refused), (Code::NotFound, ErrorReason::CommunityNotFound));
    link(&world).await;
    link_of(&world, &world.owner, &other).await.unwrap();
    link_of(&world, &rival, &of_rival).await.unwrap();
    confirmed(&world, &ann, "Soup").await;
    eventually("both know", async || {
        let count = "SELECT count(*) FROM community.activities WHERE community_id = ANY ('{";
        let count = format!("{count}{},{other}}}'::uuid[])", world.community);
        let known: i64 = world.suite.database.value(&count).await;
        (known == 2).then_some(())
    })
    .await;
    looked_at(&world).await;
    let all: i64 = world.suite.database.value("SELECT count(*) FROM community.activities").await;
    assert_eq!(all, 2, "the rival's community knows nothing");
}

#[tokio::test]
async fn nobody_else_speaks_for_connectus() {
    let world = World::new().await;
    let ann = world.suite.user("Ann").await;
    let source_id = link(&world).await;
    confirmed(&world, &ann, "Soup").await;
    shown(&world, &["Soup"]).await;
    let forged = SourceActivity { activity_type: CONFIRMED.to_owned(), ..activity("1", &ann.id) };
    let request = UpsertActivityRequest { source_id, activity: Some(forged) };
    let answer = world.suite.community().upsert_activity(world.asks(request)).await;
    assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::SourceNotFound));
    let request = UpsertUserRequest { source_id, user: Some(user(&ann.id, with_email("eve@example.org"))) };
    let answer = world.suite.community().upsert_user(world.asks(request)).await;
    assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::SourceNotFound));
    let name = |name: &str| CreateSourceRequest { community_id: world.community.clone(), name: name.to_owned() };
    let answer = world.suite.communities().create_source(world.owner.asks(name("connectus"))).await;
    assert_eq!(refusal(answer), (Code::AlreadyExists, ErrorReason::NameTaken));
    assert_eq!(only(&world).await.activities_count, 1);
}

#[tokio::test]
async fn a_source_that_is_called_so_stands_in_the_way() {
    let world = World::new().await;
    let insert =
        format!("INSERT INTO community.sources (community_id, name) VALUES ('{}', 'Connectus')", world.community);
    world.suite.database.execute(&insert).await;
    let refused = link_of(&world, &world.owner, &world.community).await;
    assert_eq!(refusal(refused), (Code::AlreadyExists, ErrorReason::NameTaken));
    let request = GetCommunityRequest { community_id: world.community.clone() };
    let found = world.suite.communities().get_community(world.owner.asks(request)).await.unwrap().into_inner();
    let Community { is_linked, .. } = found.community.unwrap();
    assert!(!is_linked);
}

#[tokio::test]
async fn what_was_confirmed_before_a_person_was_forgotten_does_not_come_back() {
    let world = World::with(Options { community: vec!["--anonymize-after=0"], ..Options::default() }).await;
    let ann = world.suite.user("Ann").await;
    link(&world).await;
    confirmed(&world, &ann, "Soup").await;
    shown(&world, &["Soup"]).await;
    let request = AnonymizeMemberRequest { email: ann.email.clone() };
    world.suite.community().anonymize_member(world.asks(request)).await.unwrap();
    shown(&world, &[""]).await;
    looked_at(&world).await;
    // The person is forgotten after the activities.
    eventually("nothing of her remains", async || {
        let stored = world.stored().await;
        ["Ann", &ann.email, &ann.id, "Soup", "May 3"].iter().all(|trace| !stored.contains(trace)).then_some(())
    })
    .await;
    let forgotten = world.activities().await.remove(0);
    assert_eq!(forgotten.confirmed_work.unwrap().hours, 12, "what says nothing of a person stays");

    confirmed(&world, &ann, "Bread").await;
    shown(&world, &["", "Bread"]).await;
    unlink(&world).await;
    shown(&world, &[""]).await;
    link(&world).await;
    shown(&world, &["", "Bread"]).await;
}

#[tokio::test]
async fn whoever_deletes_their_account_is_forgotten() {
    let world = World::with(Options { community: vec!["--anonymize-after=0"], ..Options::default() }).await;
    let (ann, ben) = (world.suite.user("Ann").await, world.suite.user("Ben").await);
    link(&world).await;
    world.say(user("crm-1", Profile { full_name: "Ann Quill".to_owned(), ..with_email(&ann.email) })).await;
    world.settled().await;
    confirmed(&world, &ann, "Soup").await;
    confirmed(&world, &ben, "Bread").await;
    shown(&world, &["Bread", "Soup"]).await;
    let request = DeleteAccountRequest { password: PASSWORD.to_owned() };
    world.suite.auth().delete_account(ann.asks(request)).await.unwrap();
    shown(&world, &["", "Bread"]).await;
    eventually("nothing of her remains", async || {
        let stored = world.stored().await;
        ["Ann", "Quill", "crm-1", &ann.email, &ann.id, "Soup"].iter().all(|trace| !stored.contains(trace)).then_some(())
    })
    .await;
    let members = world.members().await;
    let names: Vec<String> = members.iter().map(|member| name_and_email(member).0).collect();
    assert_eq!(names, ["Ben", ""]);
}

#[tokio::test]
async fn being_told_many_times_at_once_changes_nothing() {
    let world = World::new().await;
    let ann = world.suite.user("Ann").await;
    link(&world).await;
    for name in ["Bread", "Soup"] {
        confirmed(&world, &ann, name).await;
    }
    let tell = async || {
        let (account_id, organization_id) = (ann.id.clone(), world.owner.id.clone());
        let request = world.suite.as_service(RefreshVolunteerRequest { account_id, organization_id });
        world.suite.community_internal().refresh_volunteer(request).await.unwrap();
    };
    futures::future::join_all((0..20).map(|_| tell())).await;
    looked_at(&world).await;
    shown(&world, &["Bread", "Soup"]).await;
    assert_eq!(only(&world).await.activities_count, 2);
}

#[tokio::test]
async fn many_are_looked_at_page_by_page() {
    let world = World::new().await;
    let ann = world.suite.user("Ann").await;
    confirmed(&world, &ann, "Soup").await;
    // 1,100 more of Ann, and one each of 1,100 others, who have no accounts and so share nothing.
    let columns = "user_id, name, description, opportunity_id, street, city, province, country, postal_code, apt_number, \
        longitude, latitude, begins, ends, hours, created_at, organization_id, organization_email, validation_state, request_id, \
        decided_by, decided_at, organization_name";
    let copied = columns.replacen("user_id", "CASE WHEN n % 2 = 0 THEN user_id ELSE gen_random_uuid() END", 1);
    let copy = format!(
        "INSERT INTO experience.experiences (id, {columns}) SELECT gen_random_uuid(), {copied} \
        FROM experience.experiences CROSS JOIN generate_series(1, 2200) AS n"
    );
    world.suite.database.execute(&copy).await;
    link(&world).await;
    looked_at(&world).await;
    assert_eq!(only(&world).await.activities_count, 1101);
    let known: i64 = world.suite.database.value("SELECT count(*) FROM community.volunteers").await;
    assert_eq!(known, 1101);
    unlink(&world).await;
    looked_at(&world).await;
    assert_eq!(only(&world).await.activities_count, 0);
}
