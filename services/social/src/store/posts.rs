//! Posts.
//!
//! Whoever changes several rows takes them in this order: the post, the post that it replies to, the counts of the author,
//! the box of whoever is notified.

use connectus_platform::{
    idempotency,
    page::Page,
    store::{self, Connection, Pool, StoreError},
};
use connectus_proto::social::v1::{CreatePostResponse, DeletePostResponse};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    counts::{self, Change},
    notifications,
    rows::{Row, visibility_name},
    schema::posts,
};
use crate::domain::{
    Error,
    notification::Announcement,
    post::{Post, Visibility},
};

/// Writes down a post and that there is one more reply to the post that it replies to, and tells of it.
pub(crate) async fn insert(
    pool: &Pool,
    post: &Post,
    announcement: &Announcement,
    response: &CreatePostResponse,
) -> Result<(), Error> {
    let row = Row::try_from(post)?;
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        diesel::insert_into(posts::table).values(row).execute(conn).await?;
        if post.content.visibility.counts() {
            if !count_reply(conn, post.content.reply_to, 1).await? {
                // It went meanwhile.
                return Err(Error::PostNotFound);
            }
            counts::change(conn, post.author, Change { posts: 1, ..Change::default() }).await?;
        }
        notifications::add(conn, announcement).await?;
        Ok(idempotency::complete(conn, response).await?)
    })
    .await
}

/// Deletes a post of an author. What others have made of it and were told of it is forgotten after that; replies to it stay.
pub(crate) async fn delete(pool: &Pool, author: Uuid, id: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let own = posts::table.find(id).filter(posts::account_id.eq(author));
        let row: Option<Row> = own.select(Row::as_select()).for_update().first(conn).await.optional()?;
        let Post { content, counts, .. } = row.ok_or(Error::PostNotFound)?.try_into()?;
        diesel::delete(posts::table.find(id)).execute(conn).await?;
        if content.visibility.counts() {
            count_reply(conn, content.reply_to, -1).await?;
            counts::change(conn, author, Change { posts: -1, liked: -counts.likes, shared: -counts.shares }).await?;
        }
        notifications::take_back(conn, author, id).await?;
        Ok(idempotency::complete(conn, &DeletePostResponse {}).await?)
    })
    .await
}

/// Counts replies to a post, if it is one. Answers whether that post is there.
async fn count_reply(conn: &mut AsyncPgConnection, post: Option<Uuid>, by: i64) -> QueryResult<bool> {
    let Some(post) = post else { return Ok(true) };
    let counted = posts::comments_count.eq(posts::comments_count + by);
    Ok(diesel::update(posts::table.find(post)).set(counted).execute(conn).await? == 1)
}

/// Finds a post.
pub(crate) async fn find(pool: &Pool, id: Uuid) -> Result<Option<Post>, StoreError> {
    Ok(find_all(pool, &[id]).await?.pop())
}

/// Finds posts, in no order.
pub(crate) async fn find_all(pool: &Pool, ids: &[Uuid]) -> Result<Vec<Post>, StoreError> {
    store::reading(pool, |mut conn| async move {
        let rows = posts::table.filter(posts::id.eq_any(ids)).select(Row::as_select()).load(&mut conn).await?;
        rows.into_iter().map(Post::try_from).collect()
    })
    .await
}

/// Lists an author's posts of some visibilities, newest first, with one more than the page has.
pub(crate) async fn list_by(
    pool: &Pool,
    author: Uuid,
    visible: &[Visibility],
    page: Page,
) -> Result<Vec<Post>, StoreError> {
    store::reading(pool, |mut conn| async move {
        let visible: Vec<&str> = visible.iter().copied().map(visibility_name).collect();
        let of_author = posts::account_id.eq(author).and(posts::visibility.eq_any(visible));
        let older = posts::id.lt(page.before.unwrap_or(Uuid::max()));
        let listed = posts::table.filter(of_author.and(older)).order(posts::id.desc()).limit(page.size + 1);
        let rows = listed.select(Row::as_select()).load(&mut conn).await?;
        rows.into_iter().map(Post::try_from).collect()
    })
    .await
}

/// Lists the replies to a post, newest first, with one more than the page has.
pub(crate) async fn list_replies(pool: &Pool, post: Uuid, page: Page) -> Result<Vec<Post>, StoreError> {
    store::reading(pool, |mut conn| async move {
        let older = posts::id.lt(page.before.unwrap_or(Uuid::max()));
        let replies = posts::table.filter(posts::reply_to_id.eq(post).and(older));
        let listed = replies.order(posts::id.desc()).limit(page.size + 1);
        let rows = listed.select(Row::as_select()).load(&mut conn).await?;
        rows.into_iter().map(Post::try_from).collect()
    })
    .await
}
