//! Custom fields.

use connectus_proto::community::v1::{
    ListCustomFieldsRequest, ListCustomFieldsResponse, SetCustomFieldRequest, SetCustomFieldResponse,
};
use uuid::Uuid;

use super::members::say_of;
use crate::{
    domain::{
        Error, custom_field,
        handle::Handle,
        item::{Item, ItemKind},
        statements::Said,
        user::User,
    },
    rpc::Communities,
    store::{self, members::Record},
};

/// ListCustomFields: the community's custom fields.
pub(super) async fn list_custom_fields(
    service: &Communities,
    community_id: Uuid,
    request: ListCustomFieldsRequest,
) -> Result<ListCustomFieldsResponse, Error> {
    let is_meant =
        request.source_id == 0 || store::structure::has_source(&service.pool, community_id, request.source_id).await?;
    let custom_fields =
        if is_meant { store::structure::custom_fields(&service.pool, community_id).await? } else { Vec::new() };
    Ok(ListCustomFieldsResponse { custom_fields })
}

/// SetCustomField: sets a custom field of a member.
pub(super) async fn set_custom_field(
    service: &Communities,
    community_id: Uuid,
    request: SetCustomFieldRequest,
) -> Result<SetCustomFieldResponse, Error> {
    let handle = Handle::asked_for(request.identity.as_ref())?;
    let setting = request.setting.unwrap_or_default();
    let known = store::structure::custom_fields(&service.pool, community_id).await?;
    let value = custom_field::checked("setting", &setting, &known)?;
    let said = Said::from([(custom_field::field_name(setting.custom_field_id), value)]);
    let item = |record: Record| {
        let user = User { id: record.external_id, source_id: None, said, tags: Vec::new(), taken_back: Vec::new() };
        Item { source_id: record.source_id, said: ItemKind::User(user) }
    };
    say_of(service, community_id, &handle, item).await?;
    Ok(SetCustomFieldResponse {})
}
