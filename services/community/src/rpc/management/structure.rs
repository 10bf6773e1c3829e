//! What a community's data is made of.

use connectus_proto::community::v1::{
    CreateActivityTypeRequest, CreateActivityTypeResponse, CreateCustomFieldRequest, CreateCustomFieldResponse,
    CreateSegmentRequest, CreateSegmentResponse, CreateSourceRequest, CreateSourceResponse,
};
use tonic::Request;

use super::community;
use crate::{
    domain::structure::{self, NewCustomField},
    rpc::{Answer, Communities},
    store,
};

/// CreateSource: makes a source.
pub(super) async fn create_source(
    service: &Communities,
    request: Request<CreateSourceRequest>,
) -> Answer<CreateSourceResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    let name = structure::source_name("name", &request.get_ref().name)?;
    let source = store::structure::insert_source(&service.pool, community_id, &name).await?;
    Ok(CreateSourceResponse { source: Some(source) }.into())
}

/// CreateCustomField: makes a custom field.
pub(super) async fn create_custom_field(
    service: &Communities,
    request: Request<CreateCustomFieldRequest>,
) -> Answer<CreateCustomFieldResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    let field = NewCustomField::new(request.get_ref())?;
    let field = store::structure::insert_custom_field(&service.pool, community_id, &field).await?;
    Ok(CreateCustomFieldResponse { custom_field: Some(field) }.into())
}

/// CreateSegment: makes a segment with its statuses.
pub(super) async fn create_segment(
    service: &Communities,
    request: Request<CreateSegmentRequest>,
) -> Answer<CreateSegmentResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    let name = structure::name("name", &request.get_ref().name)?;
    let statuses = structure::statuses(&request.get_ref().statuses)?;
    Ok(store::structure::insert_segment(&service.pool, community_id, &name, &statuses).await?.into())
}

/// CreateActivityType: makes an activity type.
pub(super) async fn create_activity_type(
    service: &Communities,
    request: Request<CreateActivityTypeRequest>,
) -> Answer<CreateActivityTypeResponse> {
    let community_id = community(service, &request, |request| &request.community_id).await?;
    let id = structure::activity_type("id", &request.get_ref().id)?;
    let display_name = structure::name("display_name", &request.get_ref().display_name)?;
    let made = store::structure::insert_activity_type(&service.pool, community_id, &id, &display_name).await?;
    Ok(CreateActivityTypeResponse { activity_type: Some(made) }.into())
}
