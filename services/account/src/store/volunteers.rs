//! What a person shares with the communities of organizations.

use connectus_platform::{
    outbox,
    store::{self, Pool, StoreError},
};
use connectus_proto::account::v1::GetSharedIdentityResponse;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{accounts::USER, relations, schema::accounts};
use crate::delivery::Message;

/// What a person shares with an organization: the name that it may see, unless it is blocked or the settings say no.
pub(crate) async fn shared_identity(
    pool: &Pool,
    id: Uuid,
    organization: Uuid,
) -> Result<GetSharedIdentityResponse, StoreError> {
    let mut conn = store::connection(pool).await?;
    let person = accounts::table.find(id).filter(accounts::account_type.eq(USER));
    let shares = person.select(accounts::share_with_communities).first(&mut conn).await.optional()?;
    drop(conn);
    if shares != Some(true) {
        return Ok(GetSharedIdentityResponse::default());
    }
    // Blocks are looked at last: nothing is shared over one that was there by then.
    let relation = relations::find(pool, Some(organization), &[id]).await?.pop();
    Ok(relation.map_or_else(GetSharedIdentityResponse::default, |relation| GetSharedIdentityResponse {
        is_shared: true,
        full_name: relation.name,
    }))
}

/// Tells communities that what they may know of a person may have changed.
pub(super) async fn refresh(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<()> {
    outbox::enqueue(conn, Uuid::now_v7(), &Message::RefreshVolunteer { account_id }).await
}
