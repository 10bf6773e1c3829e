//! What the tests of community share: a community with a source, a token and what there is to say.

use connectus_proto::community::v1::{
    Activity, CreateActivityTypeRequest, CreateCommunityRequest, CreateSourceRequest, CreateTokenRequest,
    CreateTokenResponse, CustomFieldSetting, CustomFieldType, CustomFieldValue, FindMembersRequest, Identity,
    ListActivitiesRequest, ListMembersRequest, Member, Profile, SourceActivity, SourceUser, TagAssignment,
    UpsertActivityRequest, UpsertUserRequest, custom_field_value::Value, identity::By, tag_assignment,
};
use connectus_testkit::{Options, Person, Suite, as_caller, eventually};
use prost_types::{FieldMask, Timestamp};
use tonic::{Request, Status};

/// A community of an organization, on a suite of its own.
pub(crate) struct World {
    pub(crate) suite: Suite,
    pub(crate) owner: Person,
    pub(crate) community: String,
    pub(crate) token: String,
    pub(crate) token_id: String,
    pub(crate) source: i64,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        Self::on(Suite::with(options).await).await
    }

    pub(crate) async fn on(suite: Suite) -> Self {
        let owner = suite.organization("Acme").await;
        let community = community(&suite, &owner, "Friends").await;
        let CreateTokenResponse { details, token } = token(&suite, &owner, &community).await;
        let token_id = details.unwrap().id;
        let mut world = Self { suite, owner, community, token, token_id, source: 0 };
        world.source = world.new_source("Chat").await;
        world.new_type("talk").await;
        world
    }

    /// A request with the community's token.
    pub(crate) fn asks<M>(&self, message: M) -> Request<M> {
        as_caller(&self.token, message)
    }

    pub(crate) async fn new_source(&self, name: &str) -> i64 {
        let request = CreateSourceRequest { community_id: self.community.clone(), name: name.to_owned() };
        let made = self.suite.communities().create_source(self.owner.asks(request)).await.unwrap();
        made.into_inner().source.unwrap().id
    }

    pub(crate) async fn new_type(&self, id: &str) {
        let (community_id, id, display_name) = (self.community.clone(), id.to_owned(), id.to_owned());
        let request = CreateActivityTypeRequest { community_id, id, display_name };
        self.suite.communities().create_activity_type(self.owner.asks(request)).await.unwrap();
    }

    /// A source says something about a person.
    pub(crate) async fn say_from(&self, source_id: i64, user: SourceUser) -> Result<(), Status> {
        let request = UpsertUserRequest { source_id, user: Some(user) };
        self.suite.community().upsert_user(self.asks(request)).await.map(drop)
    }

    /// The first source says something about a person, which is all right.
    pub(crate) async fn say(&self, user: SourceUser) {
        self.say_from(self.source, user).await.unwrap();
    }

    /// The first source tells of an activity.
    pub(crate) async fn tell(&self, activity: SourceActivity) -> Result<(), Status> {
        let request = UpsertActivityRequest { source_id: self.source, activity: Some(activity) };
        self.suite.community().upsert_activity(self.asks(request)).await.map(drop)
    }

    /// Waits until all that was taken in is worked on.
    pub(crate) async fn settled(&self) {
        eventually("all is worked on", async || {
            let waiting: i64 = self.suite.database.value("SELECT count(*) FROM community.queue").await;
            (waiting == 0).then_some(())
        })
        .await;
    }

    /// The members who are known by something.
    pub(crate) async fn find(&self, by: By) -> Result<Vec<Member>, Status> {
        let request = FindMembersRequest { identity: Some(Identity { by: Some(by) }) };
        Ok(self.suite.community().find_members(self.asks(request)).await?.into_inner().members)
    }

    /// The one member with an address.
    pub(crate) async fn member(&self, email: &str) -> Member {
        self.settled().await;
        let mut found = self.find(By::Email(email.to_owned())).await.unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    /// All members, newest first.
    pub(crate) async fn members(&self) -> Vec<Member> {
        self.settled().await;
        let request = ListMembersRequest { community_id: self.community.clone(), ..ListMembersRequest::default() };
        self.suite.communities().list_members(self.owner.asks(request)).await.unwrap().into_inner().members
    }

    /// All activities, newest first.
    pub(crate) async fn activities(&self) -> Vec<Activity> {
        self.settled().await;
        let request =
            ListActivitiesRequest { community_id: self.community.clone(), ..ListActivitiesRequest::default() };
        self.suite.communities().list_activities(self.owner.asks(request)).await.unwrap().into_inner().activities
    }

    /// Everything that the service stores, as text.
    pub(crate) async fn stored(&self) -> String {
        let client = self.suite.database.connect().await;
        let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'community' AND tablename NOT LIKE '\\_\\_%'";
        let mut stored = String::new();
        for table in client.query(tables, &[]).await.unwrap() {
            let table: &str = table.get(0);
            let all = format!("SELECT coalesce(string_agg(to_jsonb(t)::text, E'\\n'), '') FROM community.{table} t");
            let text: String = client.query_one(&all, &[]).await.unwrap().get(0);
            stored.extend([table, ":\n", &text, "\n"]);
        }
        stored
    }
}

/// Makes a community.
pub(crate) async fn community(suite: &Suite, owner: &Person, name: &str) -> String {
    let request = CreateCommunityRequest { name: name.to_owned() };
    let made = suite.communities().create_community(owner.asks(request)).await.unwrap();
    made.into_inner().community.unwrap().id
}

/// Makes a token.
pub(crate) async fn token(suite: &Suite, owner: &Person, community: &str) -> CreateTokenResponse {
    let request = CreateTokenRequest { community_id: community.to_owned(), name: "Importer".to_owned() };
    suite.communities().create_token(owner.asks(request)).await.unwrap().into_inner()
}

/// What a source says about a person: those fields of the profile that are set.
pub(crate) fn user(id: &str, profile: Profile) -> SourceUser {
    SourceUser { id: id.to_owned(), profile: Some(profile), ..SourceUser::default() }
}

/// A profile with an address.
pub(crate) fn with_email(email: &str) -> Profile {
    Profile { email: email.to_owned(), ..Profile::default() }
}

/// The same, with a mask.
pub(crate) fn masked(id: &str, profile: Profile, paths: &[&str]) -> SourceUser {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    SourceUser { profile_mask: Some(FieldMask { paths }), ..user(id, profile) }
}

/// An activity of a person.
pub(crate) fn activity(id: &str, by: &str) -> SourceActivity {
    SourceActivity {
        id: id.to_owned(),
        activity_type: "talk".to_owned(),
        user: Some(user(by, Profile::default())),
        ..SourceActivity::default()
    }
}

/// A moment, as fields have it.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp { seconds, nanos: 0 })
}

/// A tag by its name.
pub(crate) fn tag(name: &str) -> TagAssignment {
    TagAssignment { tag: Some(tag_assignment::Tag::Name(name.to_owned())) }
}

/// What is said of a custom field.
pub(crate) fn setting(id: i64, kind: CustomFieldType, values: Vec<Value>) -> CustomFieldSetting {
    let values = values.into_iter().map(|value| CustomFieldValue { value: Some(value) }).collect();
    CustomFieldSetting { custom_field_id: id, r#type: kind.into(), values }
}

/// By an address, as fields have it.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn email(address: &str) -> Option<Identity> {
    Some(Identity { by: Some(By::Email(address.to_owned())) })
}
