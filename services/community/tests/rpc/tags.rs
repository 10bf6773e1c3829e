//! Tags.

use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        CreateTagRequest, DeleteTagRequest, EntityType, GetTagRequest, ListTagsRequest, SourceUser, Tag, TagAssignment,
        UpdateTagRequest, tag_assignment,
    },
};
use connectus_testkit::{invalid_field, refusal};
use tonic::{Code, Status};

use crate::support::{World, activity, tag, user, with_email};

const NONE: (Code, ErrorReason) = (Code::NotFound, ErrorReason::TagNotFound);

impl World {
    async fn new_tag(&self, name: &str, entities: &[EntityType]) -> Result<Tag, Status> {
        let request = CreateTagRequest {
            name: name.to_owned(),
            description: "About it.".to_owned(),
            entity_types: entities.iter().map(|entity| (*entity).into()).collect(),
        };
        Ok(self.suite.community().create_tag(self.asks(request)).await?.into_inner().tag.unwrap())
    }

    async fn tags(&self) -> Vec<String> {
        let tags = self.suite.community().list_tags(self.asks(ListTagsRequest {})).await.unwrap().into_inner().tags;
        tags.into_iter().map(|tag| tag.name).collect()
    }

    async fn update(&self, id: &str, name: &str) -> Result<Tag, Status> {
        let request = UpdateTagRequest { tag_id: id.to_owned(), name: name.to_owned(), description: None };
        Ok(self.suite.community().update_tag(self.asks(request)).await?.into_inner().tag.unwrap())
    }

    async fn delete(&self, id: &str) -> Result<(), Status> {
        self.suite.community().delete_tag(self.asks(DeleteTagRequest { tag_id: id.to_owned() })).await.map(drop)
    }

    async fn get(&self, id: &str) -> Result<Tag, Status> {
        let request = self.asks(GetTagRequest { tag_id: id.to_owned() });
        Ok(self.suite.community().get_tag(request).await?.into_inner().tag.unwrap())
    }
}

#[tokio::test]
async fn a_tag_is_made_changed_deleted_and_brought_back() {
    let world = World::new().await;
    let made = world.new_tag("Helper", &[EntityType::Member, EntityType::Member]).await.unwrap();
    assert_eq!(made.entity_types().collect::<Vec<_>>(), [EntityType::Member]);
    assert_eq!(world.get(&made.id).await.unwrap(), made);
    assert_eq!(world.update(&made.id, "Friend").await.unwrap().description, "About it.");
    for _ in 0..2 {
        world.delete(&made.id).await.unwrap();
    }
    assert_eq!(world.tags().await, [""; 0]);
    assert!(world.get(&made.id).await.unwrap().delete_time.is_some());
    assert_eq!(world.update(&made.id, "Friend").await.unwrap().delete_time, None);
    assert_eq!(world.tags().await, ["Friend"]);
}

#[tokio::test]
async fn names_are_unique_whatever_their_case() {
    let world = World::new().await;
    let taken = (Code::AlreadyExists, ErrorReason::NameTaken);
    let first = world.new_tag("Helper", &[EntityType::Member]).await.unwrap();
    assert_eq!(refusal(world.new_tag("HELPER", &[EntityType::Member]).await), taken);
    world.delete(&first.id).await.unwrap();
    assert_eq!(refusal(world.new_tag("helper", &[EntityType::Member]).await), taken, "a deleted one counts");
    let other = world.new_tag("Other", &[EntityType::Member]).await.unwrap();
    assert_eq!(refusal(world.update(&other.id, "helper").await), taken);
    world.update(&other.id, "OTHER").await.unwrap();
}

#[tokio::test]
async fn a_deleted_tag_shows_nowhere_until_it_is_used_again() {
    let world = World::new().await;
    let said = SourceUser { tags: vec![tag("Helper")], ..user("ann", with_email("ann@example.org")) };
    world.say(said.clone()).await;
    world.settled().await;
    let id: String = world.suite.database.value("SELECT id::text FROM community.tags").await;
    world.delete(&id).await.unwrap();
    assert_eq!(world.member("ann@example.org").await.tags, [""; 0]);
    world.say(said).await;
    assert_eq!(world.member("ann@example.org").await.tags, ["Helper"]);
}

#[tokio::test]
async fn tags_are_only_for_what_they_are_for() {
    let world = World::new().await;
    let made = world.new_tag("Topic", &[EntityType::Activity]).await.unwrap();
    let by_id = TagAssignment { tag: Some(tag_assignment::Tag::Id(made.id.clone())) };
    for assignment in [tag("topic"), by_id.clone()] {
        let said = SourceUser { tags: vec![assignment], ..user("ann", with_email("ann@example.org")) };
        assert_eq!(invalid_field(world.say_from(world.source, said).await), "user.tags[0]");
    }
    let mut told = activity("1", "ann");
    told.tags = vec![by_id];
    world.tell(told).await.unwrap();
    assert_eq!(world.activities().await[0].tags, ["Topic"]);
    let unknown = TagAssignment { tag: Some(tag_assignment::Tag::Id(world.community.clone())) };
    let said = SourceUser { tags: vec![unknown], ..user("ann", with_email("ann@example.org")) };
    assert_eq!(invalid_field(world.say_from(world.source, said).await), "user.tags[0]");
}

#[tokio::test]
async fn names_are_compared_as_the_database_does() {
    let world = World::new().await;
    let tags = vec![tag("ΝΕΟΣ"), tag("İzmir"), tag("STRASSE")];
    world.say(SourceUser { tags, ..user("ann", with_email("ann@example.org")) }).await;
    let mut known = world.member("ann@example.org").await.tags;
    known.sort_unstable();
    assert_eq!(known, ["STRASSE", "İzmir", "ΝΕΟΣ"]);
}

#[tokio::test]
async fn bad_tags_are_refused() {
    let world = World::new().await;
    assert_eq!(invalid_field(world.new_tag("", &[EntityType::Member]).await), "name");
    assert_eq!(invalid_field(world.new_tag("a, b", &[EntityType::Member]).await), "name");
    assert_eq!(invalid_field(world.new_tag("a", &[]).await), "entity_types");
    assert_eq!(invalid_field(world.new_tag("a", &[EntityType::Unspecified]).await), "entity_types");
    for id in ["x", &world.community] {
        assert_eq!(refusal(world.get(id).await), NONE);
        assert_eq!(refusal(world.update(id, "a").await), NONE);
        assert_eq!(refusal(world.delete(id).await), NONE);
    }
}
