//! What other services tell of an account: how many posts it has, and which opportunities.

use connectus_platform::store::{self, Pool, StoreError};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    accounts::{ORGANIZATION, exists_on},
    schema::accounts,
};

/// The numbers of an account's posts, as the social service counts them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PostCounts {
    /// How many posts.
    pub(crate) posts: i64,
    /// How many likes they have.
    pub(crate) liked: i64,
    /// How often they were shared.
    pub(crate) shared: i64,
    /// The number of the change.
    pub(crate) version: i64,
}

/// Gives an account newer numbers than it has; those of the former system come on top. Answers whether there is such an account.
pub(crate) async fn set_post_counts(pool: &Pool, id: Uuid, counts: PostCounts) -> Result<bool, StoreError> {
    let mut conn = store::connection(pool).await?;
    let older = accounts::id.eq(id).and(accounts::post_counts_version.lt(counts.version));
    let values = (
        accounts::posts_count.eq(accounts::former_posts_count + counts.posts),
        accounts::liked_count.eq(accounts::former_liked_count + counts.liked),
        accounts::shared_count.eq(accounts::former_shared_count + counts.shared),
        accounts::post_counts_version.eq(counts.version),
    );
    let changed = diesel::update(accounts::table.filter(older)).set(values).execute(&mut conn).await?;
    Ok(changed == 1 || exists_on(&mut conn, id).await?)
}

/// Gives an organization a newer list of its opportunities than it has. Answers whether there is such an account.
pub(crate) async fn set_opportunities(pool: &Pool, id: Uuid, ids: &[Uuid], version: i64) -> Result<bool, StoreError> {
    let mut conn = store::connection(pool).await?;
    let organization = accounts::id.eq(id).and(accounts::account_type.eq(ORGANIZATION));
    let older = organization.and(accounts::opportunities_version.lt(version));
    let values = (accounts::opportunity_ids.eq(ids), accounts::opportunities_version.eq(version));
    let changed = diesel::update(accounts::table.filter(older)).set(values).execute(&mut conn).await?;
    Ok(changed == 1 || exists_on(&mut conn, id).await?)
}
