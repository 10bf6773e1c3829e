//! What operators' subcommands ask: communities and tokens for organizations, and people from files.

use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        CreateCommunityForRequest, CreateTagRequest, CustomFieldType, DeleteCommunityRequest, EntityType,
        GetCommunityStructureRequest, GetTokenStatusRequest, ImportUsersRequest, ImportUsersResponse,
        IssueTokenRequest, ListCommunitiesRequest, Profile, SourceUser, TagAssignment,
        community_admin_service_client::CommunityAdminServiceClient, custom_field_value::Value, tag_assignment,
    },
};
use connectus_testkit::{Suite, as_caller, invalid_field, refusal};
use tonic::{Code, Status, transport::Channel};

use crate::support::{World, setting, tag, user, with_email};

const NOT_FOUND: (Code, ErrorReason) = (Code::NotFound, ErrorReason::CommunityNotFound);

fn admin(suite: &Suite) -> CommunityAdminServiceClient<Channel> {
    CommunityAdminServiceClient::new(suite.channel())
}

impl World {
    /// An operator imports what the source `File` says.
    async fn import(&self, users: Vec<SourceUser>) -> Result<ImportUsersResponse, Status> {
        let request = ImportUsersRequest { community_id: self.community.clone(), source: "File".to_owned(), users };
        Ok(admin(&self.suite).import_users(self.suite.as_service(request)).await?.into_inner())
    }
}

/// What was refused: which users, and which fields of them.
fn refused(answer: &ImportUsersResponse) -> Vec<(i32, Vec<&str>)> {
    let mut refused = Vec::new();
    for user in &answer.refused_users {
        refused.push((user.index, user.invalid_fields.iter().map(|invalid| invalid.field.as_str()).collect()));
    }
    refused
}

#[tokio::test]
async fn a_community_is_made_for_an_organization() {
    let suite = Suite::start().await;
    let acme = suite.organization("Acme").await;
    let make = async |organization_id: &str, name: &str| {
        let request = CreateCommunityForRequest { organization_id: organization_id.to_owned(), name: name.to_owned() };
        admin(&suite).create_community_for(suite.as_service(request)).await
    };
    let friends = make(&acme.id, " Friends ").await.unwrap().into_inner().community.unwrap();
    let list = suite.communities().list_communities(acme.asks(ListCommunitiesRequest {})).await.unwrap();
    assert_eq!((list.into_inner().communities, friends.name.as_str()), (vec![friends.clone()], "Friends"));
    assert_eq!(invalid_field(make(&acme.id, " ").await), "name");
    assert_eq!(invalid_field(make("acme", "Friends").await), "organization_id");
    for _ in 1..20 {
        make(&acme.id, "More").await.unwrap();
    }
    assert_eq!(refusal(make(&acme.id, "x").await), (Code::FailedPrecondition, ErrorReason::LimitReached));
}

#[tokio::test]
async fn a_token_is_issued_that_is_good() {
    let world = World::new().await;
    let issue = async |community_id: &str, name: &str| {
        let request = IssueTokenRequest { community_id: community_id.to_owned(), name: name.to_owned() };
        admin(&world.suite).issue_token(world.suite.as_service(request)).await
    };
    let issued = issue(&world.community, " Importer ").await.unwrap().into_inner();
    let status = world.suite.community().get_token_status(as_caller(&issued.token, GetTokenStatusRequest {})).await;
    assert_eq!(status.unwrap().into_inner().token_id, issued.details.as_ref().unwrap().id);
    assert_eq!(issued.details.unwrap().name, "Importer");
    assert_eq!(invalid_field(issue(&world.community, "").await), "name");
    for nowhere in ["", "x", &world.owner.id] {
        assert_eq!(refusal(issue(nowhere, "x").await), NOT_FOUND);
    }
    for _ in 2..50 {
        issue(&world.community, "x").await.unwrap();
    }
    let one_more = issue(&world.community, "x").await;
    assert_eq!(refusal(one_more), (Code::FailedPrecondition, ErrorReason::LimitReached));
}

#[tokio::test]
async fn the_structure_is_told_of_what_is_there() {
    let world = World::new().await;
    world.new_field("Languages", CustomFieldType::Enum, true, &["Rust"]).await;
    let read = async |community_id: &str| {
        let request = GetCommunityStructureRequest { community_id: community_id.to_owned() };
        admin(&world.suite).get_community_structure(world.suite.as_service(request)).await
    };
    let structure = read(&world.community).await.unwrap().into_inner().structure.unwrap();
    assert_eq!((&*structure.custom_fields[0].name, &*structure.sources[0].name), ("Languages", "Chat"));
    assert_eq!(refusal(read(&world.owner.id).await), NOT_FOUND);
    let delete = DeleteCommunityRequest { community_id: world.community.clone() };
    world.suite.communities().delete_community(world.owner.asks(delete)).await.unwrap();
    assert_eq!(refusal(read(&world.community).await), NOT_FOUND);
    assert_eq!(refusal(world.import(Vec::new()).await), NOT_FOUND);
}

#[tokio::test]
async fn many_are_imported_in_their_order_and_a_repeat_changes_nothing() {
    let world = World::new().await;
    let level = world.new_field("Level", CustomFieldType::Int, false, &[]).await;
    let mut users: Vec<SourceUser> = (0..499)
        .map(|number| user(&number.to_string(), with_email(&format!("p{}@example.org", number % 490))))
        .collect();
    for (number, user) in users.iter_mut().enumerate() {
        user.id = (number % 490).to_string();
        user.profile.as_mut().unwrap().bio = format!("bio {number}");
    }
    let custom_fields = vec![setting(level, CustomFieldType::Int, vec![Value::Number(3.0)])];
    users.push(SourceUser { tags: vec![tag("Helper")], custom_fields, ..user("ann", with_email("ann@example.org")) });
    assert_eq!(world.import(users.clone()).await.unwrap(), ImportUsersResponse::default());
    let ann = world.member("ann@example.org").await;
    assert_eq!((ann.tags.len(), ann.custom_fields.len()), (1, 1));
    assert_eq!(world.member("p8@example.org").await.profile.unwrap().bio, "bio 498", "the last word counts");
    let before = world.known().await;
    assert_eq!(before.0, 491);
    world.import(users).await.unwrap();
    world.settled().await;
    assert_eq!(world.known().await, before);
}

impl World {
    /// How many are known, and all that is said of them, but for when.
    async fn known(&self) -> (i64, String) {
        let count = self.suite.database.value("SELECT count(*) FROM community.members").await;
        let said = "SELECT string_agg(concat(r.external_id, r.statements), ' ' ORDER BY r.id) FROM community.records r \
                    WHERE length(r.external_id) > 1";
        (count, self.suite.database.value(said).await)
    }
}

#[tokio::test]
async fn each_is_refused_by_itself() {
    let world = World::new().await;
    let create = CreateTagRequest {
        name: "Sponsor".to_owned(),
        entity_types: vec![EntityType::Activity.into()],
        ..CreateTagRequest::default()
    };
    world.suite.community().create_tag(world.asks(create)).await.unwrap();
    let no_tag = TagAssignment { tag: Some(tag_assignment::Tag::Id(world.owner.id.clone())) };
    let said = vec![
        user("1", with_email("one@example.org")),
        user("2", Profile { avatar_url: "x".to_owned(), ..with_email("x") }),
        SourceUser { tags: vec![tag("Helper"), tag("sponsor")], ..user("3", Profile::default()) },
        user("", Profile::default()),
        SourceUser { tags: vec![no_tag], ..user("5", Profile::default()) },
        SourceUser { tags: vec![tag("Helper")], ..user("6", with_email("six@example.org")) },
    ];
    let answer = world.import(said).await.unwrap();
    let expected = [
        (1, vec!["users[1].profile.avatar_url", "users[1].profile.email"]),
        (2, vec!["users[2].tags[1]"]),
        (3, vec!["users[3].id"]),
        (4, vec!["users[4].tags[0]"]),
    ];
    assert_eq!(refused(&answer), expected);
    assert!(answer.refused_users.iter().all(|refused| refused.invalid_fields.iter().all(|f| !f.problem.is_empty())));
    assert_eq!(world.members().await.len(), 2);
    assert_eq!(world.member("six@example.org").await.tags, ["Helper"]);
}

#[tokio::test]
async fn no_more_is_imported_than_fits() {
    let world = World::new().await;
    let users: Vec<SourceUser> = (0..501).map(|number| user(&number.to_string(), Profile::default())).collect();
    assert_eq!(invalid_field(world.import(users).await), "users");
    let request = ImportUsersRequest { community_id: world.community.clone(), ..ImportUsersRequest::default() };
    let nameless = admin(&world.suite).import_users(world.suite.as_service(request)).await;
    assert_eq!(invalid_field(nameless), "source");
    for number in 1..200 {
        world.new_source(&number.to_string()).await;
    }
    let one_more = world.import(Vec::new()).await;
    assert_eq!(refusal(one_more), (Code::FailedPrecondition, ErrorReason::LimitReached));
    assert!(world.members().await.is_empty());
}
