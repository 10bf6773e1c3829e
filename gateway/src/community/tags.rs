//! Tags.

use axum::{extract::State, response::Response, routing::get};
use chrono::{DateTime, SecondsFormat};
use connectus_platform::peer::on_behalf;
use connectus_proto::community::v1::{
    CreateTagRequest, DeleteTagRequest, EntityType as ProtoEntity, GetTagRequest, ListTagsRequest, Tag as ProtoTag,
    TagAssignment as ProtoAssignment, UpdateTagRequest, tag_assignment,
};
use http::{Method, StatusCode};
use prost_types::Timestamp;
use serde::{Deserialize, Serialize};
use tonic::metadata::MetadataMap;
use utoipa::ToSchema;

use super::{
    answer::{self, Outcome, Refusal, done, good},
    json::{Json, nullable},
    operation::{Answer, Operation},
};
use crate::{rest::Params, route::schema_of, upstream::Gateway};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: Method::GET,
        path: "/tags",
        id: "listTags",
        summary: "Lists the community's tags, without those that are deleted.",
        details: "",
        tag: "Tags",
        is_deprecated: false,
        path_parameter: None,
        query: &[],
        body: None,
        answer: Answer::Json(schema_of::<Labels>),
        failures: &[],
        rpc: "ListTags",
        handler: || get(list).post(create),
    },
    Operation {
        method: Method::POST,
        path: "/tags",
        id: "createTag",
        summary: "Makes a tag.",
        details: "",
        tag: "Tags",
        is_deprecated: false,
        path_parameter: None,
        query: &[],
        body: Some(schema_of::<NewTag>),
        answer: Answer::Json(schema_of::<Tag>),
        failures: &[400, 413],
        rpc: "CreateTag",
        handler: axum::routing::MethodRouter::new,
    },
    Operation {
        method: Method::GET,
        path: "/tags/{id}",
        id: "getTag",
        summary: "A tag, also one that is deleted.",
        details: "",
        tag: "Tags",
        is_deprecated: false,
        path_parameter: Some("string"),
        query: &[],
        body: None,
        answer: Answer::Json(schema_of::<Tag>),
        failures: &[404],
        rpc: "GetTag",
        handler: || get(find).post(update).delete(delete),
    },
    Operation {
        method: Method::POST,
        path: "/tags/{id}",
        id: "updateTag",
        summary: "Gives a tag another name and description.",
        details: "One that is deleted is so no more.",
        tag: "Tags",
        is_deprecated: false,
        path_parameter: Some("string"),
        query: &[],
        body: Some(schema_of::<ChangedTag>),
        answer: Answer::Json(schema_of::<Tag>),
        failures: &[400, 404, 413],
        rpc: "UpdateTag",
        handler: axum::routing::MethodRouter::new,
    },
    Operation {
        method: Method::DELETE,
        path: "/tags/{id}",
        id: "deleteTag",
        summary: "Deletes a tag, until it is updated or used by its name.",
        details: "",
        tag: "Tags",
        is_deprecated: false,
        path_parameter: Some("string"),
        query: &[],
        body: None,
        answer: Answer::Done,
        failures: &[404],
        rpc: "DeleteTag",
        handler: axum::routing::MethodRouter::new,
    },
];

/// A tag, as somebody puts it on something: one that is there by its id, or by its name, which is made if it is not there.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum TagAssignment {
    Id {
        id: String,
    },
    Name {
        #[schema(min_length = 1, max_length = 100)]
        name: String,
    },
}

impl TagAssignment {
    /// The same as the rpcs have it.
    pub(super) fn into_message(self) -> ProtoAssignment {
        let tag = match self {
            Self::Id { id } => tag_assignment::Tag::Id(id),
            Self::Name { name } => tag_assignment::Tag::Name(name),
        };
        ProtoAssignment { tag: Some(tag) }
    }
}

/// What a tag may be put on.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum EntityType {
    Member,
    Activity,
    Company,
}

impl From<EntityType> for ProtoEntity {
    fn from(entity: EntityType) -> Self {
        match entity {
            EntityType::Member => Self::Member,
            EntityType::Activity => Self::Activity,
            EntityType::Company => Self::Company,
        }
    }
}

fn entity(entity: ProtoEntity) -> Option<EntityType> {
    match entity {
        ProtoEntity::Member => Some(EntityType::Member),
        ProtoEntity::Activity => Some(EntityType::Activity),
        ProtoEntity::Company => Some(EntityType::Company),
        ProtoEntity::Unspecified => None,
    }
}

/// A tag.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiTag)]
struct Tag {
    id: String,
    name: String,
    description: Option<String>,
    entity_types: Vec<EntityType>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    deleted_at: Option<String>,
}

impl From<ProtoTag> for Tag {
    fn from(tag: ProtoTag) -> Self {
        let entity_types = tag.entity_types().filter_map(entity).collect();
        Self {
            id: tag.id,
            name: tag.name,
            description: Some(tag.description).filter(|description| !description.is_empty()),
            entity_types,
            created_at: tag.create_time.and_then(moment).unwrap_or_default(),
            deleted_at: tag.delete_time.and_then(moment),
        }
    }
}

fn moment(time: Timestamp) -> Option<String> {
    let moment = DateTime::from_timestamp(time.seconds, u32::try_from(time.nanos).ok()?)?;
    Some(moment.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// The tags of a community.
#[derive(Serialize, ToSchema)]
struct Labels {
    labels: Vec<Tag>,
}

/// A tag that is to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewTag {
    /// Without a comma, and not that of another tag in another case.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    #[schema(max_length = 1000)]
    description: Option<String>,
    /// What it may be put on.
    #[schema(min_items = 1)]
    entity_types: Vec<EntityType>,
}

/// A tag as it is to be.
#[derive(Deserialize, ToSchema)]
#[allow(clippy::option_option)] // Absent keeps, null clears.
struct ChangedTag {
    /// Without a comma, and not that of another tag in another case.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    description: Option<Option<String>>,
}

async fn list(State(gateway): State<Gateway>) -> Response {
    answer::answer(gateway.clone(), all(gateway).await).await
}

async fn all(gateway: Gateway) -> Outcome {
    let (metadata, found, _) = gateway.community().list_tags(on_behalf(ListTagsRequest {})).await?.into_parts();
    let labels = found.tags.into_iter().map(Tag::from).collect();
    Ok(good(StatusCode::OK, &metadata, Labels { labels }))
}

fn one(metadata: &MetadataMap, tag: Option<ProtoTag>) -> Response {
    good(StatusCode::OK, metadata, Tag::from(tag.unwrap_or_default()))
}

async fn create(State(gateway): State<Gateway>, Json(new): Json<NewTag>) -> Response {
    answer::answer(gateway.clone(), insert(gateway, new).await).await
}

async fn insert(gateway: Gateway, new: NewTag) -> Outcome {
    let entity_types = new.entity_types.into_iter().map(|entity| ProtoEntity::from(entity).into()).collect();
    let description = new.description.unwrap_or_default();
    let request = CreateTagRequest { name: new.name, description, entity_types };
    let (metadata, made, _) = gateway.community().create_tag(on_behalf(request)).await?.into_parts();
    Ok(one(&metadata, made.tag))
}

async fn find(State(gateway): State<Gateway>, Params(tag_id): Params<String>) -> Response {
    let outcome = gateway.community().get_tag(on_behalf(GetTagRequest { tag_id })).await.map(|response| {
        let (metadata, found, _) = response.into_parts();
        one(&metadata, found.tag)
    });
    answer::answer(gateway, outcome.map_err(Refusal::from)).await
}

async fn update(State(gateway): State<Gateway>, Params(id): Params<String>, Json(tag): Json<ChangedTag>) -> Response {
    answer::answer(gateway.clone(), change(gateway, id, tag).await).await
}

async fn change(gateway: Gateway, tag_id: String, tag: ChangedTag) -> Outcome {
    let description = tag.description.map(Option::unwrap_or_default);
    let request = UpdateTagRequest { tag_id, name: tag.name, description };
    let (metadata, changed, _) = gateway.community().update_tag(on_behalf(request)).await?.into_parts();
    Ok(one(&metadata, changed.tag))
}

async fn delete(State(gateway): State<Gateway>, Params(tag_id): Params<String>) -> Response {
    let outcome = gateway.community().delete_tag(on_behalf(DeleteTagRequest { tag_id })).await;
    answer::answer(gateway, outcome.map(|response| done(response.metadata())).map_err(Refusal::from)).await
}
