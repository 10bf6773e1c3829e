//! Feeds: what a circle of accounts has posted and shared.

use connectus_platform::{
    page::Page,
    store::{self, Pool, StoreError},
};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::rows::visibility_name;
use crate::domain::post::Visibility;

/// Where a post stands in a feed.
#[derive(QueryableByName)]
pub(crate) struct Entry {
    /// By what the feed is ordered: the id of the post or of the share.
    #[diesel(sql_type = SqlUuid)]
    pub(crate) id: Uuid,
    /// The post.
    #[diesel(sql_type = SqlUuid)]
    pub(crate) post_id: Uuid,
    /// Who has shared it, where it does not stand there for its author.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub(crate) sharer: Option<Uuid>,
}

/// The newest of each account are found by an index, and the newest of all are of these. What one of the circle has posted of
/// their own accord stands where it was posted, whoever shares it; of shares the first stands.
const ENTRIES: &str = "SELECT entry.id, entry.post_id, entry.sharer \
    FROM unnest($2) AS member (id) CROSS JOIN LATERAL ( \
        (SELECT p.id, p.id AS post_id, NULL::uuid AS sharer FROM posts p \
         WHERE p.account_id = member.id AND p.reply_to_id IS NULL AND p.id < $4 \
            AND (p.account_id = $1 OR p.visibility = ANY ($3)) \
         ORDER BY p.id DESC LIMIT $5) \
        UNION ALL \
        (SELECT s.id, s.post_id, s.account_id FROM shares s JOIN posts p ON p.id = s.post_id \
         WHERE s.account_id = member.id AND s.id < $4 \
            AND NOT (p.reply_to_id IS NULL AND p.account_id = ANY ($2)) \
            AND NOT EXISTS (SELECT FROM shares f WHERE f.post_id = s.post_id AND f.id < s.id AND f.account_id = ANY ($2)) \
         ORDER BY s.id DESC LIMIT $5) \
    ) AS entry ORDER BY entry.id DESC LIMIT $5";

/// Lists what a circle, an account and its connections, has posted and shared, newest first, with one more than the page has.
/// Of what the connections have posted, only what they show to connections is listed.
pub(crate) async fn list(
    pool: &Pool,
    owner: Uuid,
    circle: &[Uuid],
    visible: &[Visibility],
    page: Page,
) -> Result<Vec<Entry>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let entries = diesel::sql_query(ENTRIES)
        .bind::<SqlUuid, _>(owner)
        .bind::<Array<SqlUuid>, _>(circle)
        .bind::<Array<Text>, _>(visible.iter().copied().map(visibility_name).collect::<Vec<_>>())
        .bind::<SqlUuid, _>(page.before.unwrap_or(Uuid::max()))
        .bind::<BigInt, _>(page.size + 1);
    Ok(entries.load(&mut conn).await?)
}
