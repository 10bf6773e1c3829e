//! The removal of what there is about an account, in portions that none need wait for long. What is written at this very moment
//! is found when the erasure is repeated.

use connectus_platform::store::{self, Connection, Pool, StoreError};
use diesel::{
    ExpressionMethods, QueryDsl, QueryResult, QueryableByName,
    dsl::count_star,
    sql_types::{Array, BigInt, Bool, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    counts::{self, Change},
    marks,
    rows::counted,
    schema::{boxes, notifications, post_counts, posts},
};
use crate::domain::post::Mark;

/// How many rows of a kind one transaction is about.
const PORTION: i64 = 200;

/// Removes everything about an account: its posts, what it made of others' posts, its notifications and those that it caused,
/// and what was to be told of it. What others made of its posts is forgotten after that.
pub(crate) async fn erase(pool: &Pool, account_id: Uuid) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    while delete_posts(&mut conn, account_id).await? {}
    for mark in [Mark::Like, Mark::Share] {
        while take_marks(&mut conn, mark, account_id).await? {}
    }
    while delete_caused(&mut conn, account_id).await? {}
    while delete_notifications(&mut conn, account_id).await? > 0 {}
    conn.transaction(async |conn: &mut Connection| delete_rest(conn, account_id).await).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Bool)]
    is_own: bool,
}

/// Replies come before what they reply to, as wherever several posts are held.
const LOCK_POSTS: &str = "WITH own AS MATERIALIZED \
        (SELECT id, reply_to_id FROM posts WHERE account_id = $1 ORDER BY id DESC LIMIT $2) \
    SELECT p.id, p.id IN (SELECT id FROM own) AS is_own FROM posts p \
    WHERE p.id IN (SELECT id FROM own UNION SELECT reply_to_id FROM own) ORDER BY p.id DESC FOR UPDATE OF p";

const UNCOUNT_REPLIES: &str = "UPDATE posts SET comments_count = comments_count - gone.replies FROM \
        (SELECT reply_to_id, count(*) AS replies FROM posts \
         WHERE id = ANY ($1) AND visibility = ANY ($2) GROUP BY reply_to_id) AS gone \
    WHERE posts.id = gone.reply_to_id";

/// Deletes a portion of an account's posts. Answers whether there may be more.
async fn delete_posts(conn: &mut Connection, account_id: Uuid) -> QueryResult<bool> {
    conn.transaction(async |conn: &mut Connection| {
        let lock = diesel::sql_query(LOCK_POSTS).bind::<SqlUuid, _>(account_id).bind::<BigInt, _>(PORTION);
        let locked: Vec<Locked> = lock.load(conn).await?;
        let own: Vec<Uuid> = locked.into_iter().filter(|post| post.is_own).map(|post| post.id).collect();
        let uncount = diesel::sql_query(UNCOUNT_REPLIES).bind::<Array<SqlUuid>, _>(&own);
        uncount.bind::<Array<Text>, _>(counted()).execute(conn).await?;
        diesel::delete(posts::table.filter(posts::id.eq_any(&own))).execute(conn).await?;
        Ok(!own.is_empty())
    })
    .await
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Takes a portion of an account's marks off posts, of which some may be gone. Answers whether there may be more.
async fn take_marks(conn: &mut Connection, mark: Mark, account_id: Uuid) -> QueryResult<bool> {
    conn.transaction(async |conn: &mut Connection| {
        let some = marks::some_of(conn, mark, account_id, PORTION).await?;
        let held = posts::table.filter(posts::id.eq_any(&some)).order(posts::id.desc()).select(posts::id);
        held.for_no_key_update().load::<Uuid>(conn).await?;
        let marked = marks::delete(conn, mark, account_id, &some).await?;
        marks::count_on(conn, mark, &marked, -1).await?;
        uncount_authors(conn, mark, &marked).await?;
        Ok(!some.is_empty())
    })
    .await
}

/// Takes a mark on each of some posts off the counts of their authors.
async fn uncount_authors(conn: &mut AsyncPgConnection, mark: Mark, marked: &[Uuid]) -> QueryResult<()> {
    let counted = posts::table.filter(posts::id.eq_any(marked)).filter(posts::visibility.eq_any(counted()));
    let by_author = counted.group_by(posts::account_id).order(posts::account_id);
    let authors: Vec<(Uuid, i64)> = by_author.select((posts::account_id, count_star())).load(conn).await?;
    for (author, marks) in authors {
        counts::change(conn, author, Change::of(mark, -marks)).await?;
    }
    Ok(())
}

const LOCK_BOXES: &str = "SELECT account_id AS id FROM boxes \
    WHERE account_id IN (SELECT account_id FROM notifications WHERE actor_id = $1 LIMIT $2) \
    ORDER BY account_id FOR UPDATE";

/// Deletes the notifications that an account has caused from a portion of the boxes that have any. Answers whether there may be
/// more.
async fn delete_caused(conn: &mut Connection, actor: Uuid) -> QueryResult<bool> {
    conn.transaction(async |conn: &mut Connection| {
        let lock = diesel::sql_query(LOCK_BOXES).bind::<SqlUuid, _>(actor).bind::<BigInt, _>(PORTION);
        let locked: Vec<Id> = lock.load(conn).await?;
        let owners = locked.iter().map(|owner| owner.id);
        let of_owners = notifications::account_id.eq_any(owners);
        let caused = notifications::table.filter(notifications::actor_id.eq(actor)).filter(of_owners);
        diesel::delete(caused).execute(conn).await?;
        Ok(!locked.is_empty())
    })
    .await
}

const DELETE_NOTIFICATIONS: &str =
    "DELETE FROM notifications WHERE id IN (SELECT id FROM notifications WHERE account_id = $1 LIMIT 5000)";

/// Deletes a portion of an account's notifications. Answers how many.
async fn delete_notifications(conn: &mut Connection, account_id: Uuid) -> QueryResult<usize> {
    diesel::sql_query(DELETE_NOTIFICATIONS).bind::<SqlUuid, _>(account_id).execute(conn).await
}

const DELETE_MESSAGES: &str = "DELETE FROM outbox WHERE payload->>'account_id' = $1::text";

/// Deletes what is an account's alone, with the messages about it.
async fn delete_rest(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<()> {
    diesel::delete(post_counts::table.find(account_id)).execute(conn).await?;
    diesel::sql_query(DELETE_MESSAGES).bind::<SqlUuid, _>(account_id).execute(conn).await?;
    diesel::delete(boxes::table.find(account_id)).execute(conn).await?;
    Ok(())
}
