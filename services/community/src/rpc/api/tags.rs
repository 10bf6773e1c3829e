//! Tags.

use connectus_platform::{
    fields::{self, FieldError},
    ids,
};
use connectus_proto::community::v1::{
    CreateTagRequest, CreateTagResponse, DeleteTagRequest, DeleteTagResponse, EntityType, GetTagRequest,
    GetTagResponse, ListTagsRequest, ListTagsResponse, UpdateTagRequest, UpdateTagResponse,
};
use uuid::Uuid;

use crate::{
    domain::{Error, tag},
    rpc::Communities,
    store,
};

/// ListTags: the community's tags.
pub(super) async fn list_tags(
    service: &Communities,
    community_id: Uuid,
    _: ListTagsRequest,
) -> Result<ListTagsResponse, Error> {
    Ok(ListTagsResponse { tags: store::tags::list(&service.pool, community_id).await? })
}

/// CreateTag: makes a tag.
pub(super) async fn create_tag(
    service: &Communities,
    community_id: Uuid,
    request: CreateTagRequest,
) -> Result<CreateTagResponse, Error> {
    let name = tag::name("name", &request.name)?;
    let description = description(&request.description)?;
    let mut entities = Vec::new();
    for entity in request.entity_types() {
        let name = entity_name(entity)?;
        if !entities.contains(&name) {
            entities.push(name);
        }
    }
    if entities.is_empty() {
        return Err(FieldError::new("entity_types", "is required").into());
    }
    let tag = store::tags::insert(&service.pool, community_id, &name, &description, &entities).await?;
    Ok(CreateTagResponse { tag: Some(tag) })
}

fn entity_name(entity: EntityType) -> Result<&'static str, FieldError> {
    tag::entity_name(entity).ok_or_else(|| FieldError::new("entity_types", "has what is no type of entity"))
}

fn description(text: &str) -> Result<String, FieldError> {
    fields::text("description", text, 0..=1000)
}

/// GetTag: a tag.
pub(super) async fn get_tag(
    service: &Communities,
    community_id: Uuid,
    request: GetTagRequest,
) -> Result<GetTagResponse, Error> {
    let tag = store::tags::find(&service.pool, community_id, id(&request.tag_id)?).await?;
    Ok(GetTagResponse { tag: Some(tag) })
}

/// UpdateTag: gives a tag another name and description.
pub(super) async fn update_tag(
    service: &Communities,
    community_id: Uuid,
    request: UpdateTagRequest,
) -> Result<UpdateTagResponse, Error> {
    let id = id(&request.tag_id)?;
    let name = tag::name("name", &request.name)?;
    let description = request.description.as_deref().map(description).transpose()?;
    let tag = store::tags::update(&service.pool, community_id, id, &name, description.as_deref()).await?;
    Ok(UpdateTagResponse { tag: Some(tag) })
}

/// DeleteTag: deletes a tag.
pub(super) async fn delete_tag(
    service: &Communities,
    community_id: Uuid,
    request: DeleteTagRequest,
) -> Result<DeleteTagResponse, Error> {
    store::tags::delete(&service.pool, community_id, id(&request.tag_id)?).await?;
    Ok(DeleteTagResponse {})
}

/// What is no id is nobody's.
fn id(id: &str) -> Result<Uuid, Error> {
    ids::parse(id).ok_or(Error::TagNotFound)
}
