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

/// How many posts, and how many shares, are looked at for a page, over the whole circle.
const LOOKED_AT: i64 = 200_000;
/// How many times the size of a page are looked at of one account at most.
const LOOKED_AT_OF_EACH: i64 = 4;

/// Where a post stands in a feed.
pub(crate) struct Entry {
    /// By what the feed is ordered: the id of the post or of the share.
    id: Uuid,
    /// The post.
    pub(crate) post_id: Uuid,
    /// Who has shared it, where it does not stand there for its author.
    pub(crate) sharer: Option<Uuid>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    /// None where no more was looked at.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    post_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    sharer: Option<Uuid>,
}

/// The newest of each account are found by an index, and the newest of all are of these. What one of the circle has posted of
/// their own accord stands where it was posted, whoever shares it; of shares the first stands. So many of each account are looked
/// at, whatever becomes of them, and the last of those has a row of its own: what is older is for the next page.
const ENTRIES: &str = "SELECT entry.id, entry.post_id, entry.sharer \
    FROM unnest($2) AS member (id) CROSS JOIN LATERAL ( \
        (SELECT p.id, p.id AS post_id, NULL::uuid AS sharer FROM \
            (SELECT id, account_id, visibility FROM posts \
             WHERE account_id = member.id AND reply_to_id IS NULL AND id < $4 ORDER BY id DESC LIMIT $6) AS p \
         WHERE p.account_id = $1 OR p.visibility = ANY ($3) \
         ORDER BY p.id DESC LIMIT $5) \
        UNION ALL \
        (SELECT s.id, s.post_id, s.account_id FROM \
            (SELECT id, post_id, account_id FROM shares \
             WHERE account_id = member.id AND id < $4 ORDER BY id DESC LIMIT $6) AS s JOIN posts p ON p.id = s.post_id \
         WHERE NOT (p.reply_to_id IS NULL AND p.account_id = ANY ($2)) \
            AND NOT EXISTS (SELECT FROM shares f WHERE f.post_id = s.post_id AND f.id < s.id AND f.account_id = ANY ($2)) \
         ORDER BY s.id DESC LIMIT $5) \
        UNION ALL \
        (SELECT id, NULL, NULL FROM posts WHERE account_id = member.id AND reply_to_id IS NULL AND id < $4 \
         ORDER BY id DESC OFFSET $6 - 1 LIMIT 1) \
        UNION ALL \
        (SELECT id, NULL, NULL FROM shares WHERE account_id = member.id AND id < $4 \
         ORDER BY id DESC OFFSET $6 - 1 LIMIT 1) \
    ) AS entry ORDER BY entry.id DESC, entry.post_id IS NULL LIMIT $5";

/// Lists what a circle, an account and its connections, has posted and shared, newest first, with the next page's token. Of what
/// the connections have posted, only what they show to connections is listed.
pub(crate) async fn list(
    pool: &Pool,
    owner: Uuid,
    circle: &[Uuid],
    visible: &[Visibility],
    page: Page,
) -> Result<(Vec<Entry>, String), StoreError> {
    store::reading(pool, |mut conn| async move {
        let one_more = page.size + 1;
        let rows = diesel::sql_query(ENTRIES)
            .bind::<SqlUuid, _>(owner)
            .bind::<Array<SqlUuid>, _>(circle)
            .bind::<Array<Text>, _>(visible.iter().copied().map(visibility_name).collect::<Vec<_>>())
            .bind::<SqlUuid, _>(page.before.unwrap_or(Uuid::max()))
            .bind::<BigInt, _>(one_more)
            .bind::<BigInt, _>(looked_at(circle.len(), one_more));
        Ok(cut(rows.load(&mut conn).await?, page))
    })
    .await
}

/// The entries of a page, up to where one of the circle was not looked at any more, and the next page's token.
fn cut(rows: Vec<Row>, page: Page) -> (Vec<Entry>, String) {
    let mut entries = Vec::new();
    for Row { id, post_id, sharer } in rows {
        let Some(post_id) = post_id else { return (entries, Page::token_after(id)) };
        entries.push(Entry { id, post_id, sharer });
    }
    let next_page_token = page.cut(&mut entries, |entry| entry.id);
    (entries, next_page_token)
}

/// How much of each of so many accounts is looked at: enough for a page at least.
fn looked_at(accounts: usize, page: i64) -> i64 {
    let share = LOOKED_AT / i64::try_from(accounts).unwrap_or(i64::MAX).max(1);
    share.clamp(page, page * LOOKED_AT_OF_EACH)
}
