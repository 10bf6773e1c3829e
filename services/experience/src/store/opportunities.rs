//! Opportunities.

use connectus_platform::store::{self, Pool, StoreError};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::{opportunities, organizations};

/// The ids of an organization's opportunities, newest first, and the number of their last change.
pub(crate) async fn ids_of(pool: &Pool, organization_id: Uuid) -> Result<(Vec<Uuid>, i64), StoreError> {
    let mut conn = store::connection(pool).await?;
    // First the number: a list that is newer than it says is told of again.
    let version = organizations::table.find(organization_id).select(organizations::opportunities_version);
    let version: Option<i64> = version.first(&mut conn).await.optional()?;
    let ids = opportunities::table
        .filter(opportunities::organization_id.eq(organization_id))
        .order(opportunities::id.desc())
        .select(opportunities::id)
        .load(&mut conn)
        .await?;
    Ok((ids, version.unwrap_or_default()))
}
