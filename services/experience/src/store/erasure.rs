//! The removal of what there is about an account.

use connectus_platform::store::{self, Connection, Pool, StoreError};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    interests, opportunities,
    rows::{NONE, PENDING_ON_SITE, ValidationColumns},
    schema::experiences,
};
use crate::domain::validation::Validation;

/// Deletes a person's experiences with their links and interests, and an organization's opportunities, and withdraws what it has
/// not decided. What is written at this very moment is found when the erasure is repeated.
pub(crate) async fn erase(pool: &Pool, account_id: Uuid) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
        diesel::delete(experiences::table.filter(experiences::user_id.eq(account_id))).execute(conn).await?;
        withdraw_requests(conn, account_id).await
    })
    .await?;
    interests::erase(pool, account_id).await?;
    opportunities::erase(pool, account_id).await
}

/// A decision that is being made holds its row, and is looked at again once it is made.
async fn withdraw_requests(conn: &mut AsyncPgConnection, organization: Uuid) -> QueryResult<()> {
    let undecided = experiences::validation_state.eq_any([NONE, PENDING_ON_SITE]);
    let of_organization = experiences::organization_id.eq(organization).and(undecided);
    let nobody_asked = (experiences::organization_id.eq(None::<Uuid>), ValidationColumns::from(&Validation::None));
    diesel::update(experiences::table.filter(of_organization)).set(nobody_asked).execute(conn).await?;
    Ok(())
}
