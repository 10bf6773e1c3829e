//! What sources say about people.

use connectus_proto::community::v1::{CustomField, SourceUser, UpsertUserRequest, UpsertUserResponse};
use uuid::Uuid;

use crate::{
    domain::{
        Error,
        item::{Item, ItemKind},
        user::User,
    },
    rpc::Communities,
    store,
};

/// UpsertUser: takes what a source says about a person.
pub(super) async fn upsert_user(
    service: &Communities,
    community_id: Uuid,
    request: UpsertUserRequest,
) -> Result<UpsertUserResponse, Error> {
    let said = request.user.unwrap_or_default();
    let known = known_fields(service, community_id, &said).await?;
    let user = User::new("user", &said, &known).map_err(Error::InvalidFields)?;
    store::tags::check(&service.pool, community_id, &[("user.tags", &user.tags, "member")]).await?;
    let item = Item { source_id: request.source_id, said: ItemKind::User(user) };
    store::queue::accept(&service.pool, community_id, &item).await?;
    service.wake.wake();
    Ok(UpsertUserResponse {})
}

/// The community's custom fields, where anything is said of them.
pub(super) async fn known_fields(
    service: &Communities,
    community_id: Uuid,
    user: &SourceUser,
) -> Result<Vec<CustomField>, Error> {
    if user.custom_fields.is_empty() {
        return Ok(Vec::new());
    }
    Ok(store::structure::custom_fields(&service.pool, community_id).await?)
}
