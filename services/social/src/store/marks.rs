//! What accounts make of posts: likes and shares, one of each at most.

use std::collections::HashSet;

use connectus_platform::{
    idempotency,
    store::{self, Connection, Pool, StoreError},
};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    counts::{self, Change},
    notifications,
    schema::{likes, posts, shares},
};
use crate::domain::{
    Error,
    notification::Announcement,
    post::{Mark, Post},
};

/// Which of some posts somebody likes, and has shared.
#[derive(Default)]
pub(crate) struct Marks {
    /// Those that they like.
    pub(crate) liked: HashSet<Uuid>,
    /// Those that they have shared.
    pub(crate) shared: HashSet<Uuid>,
}

/// Puts somebody's mark on a post and tells of it, unless it is there.
pub(crate) async fn put<M: prost::Message>(
    pool: &Pool,
    mark: Mark,
    post: &Post,
    by: Uuid,
    announcement: &Announcement,
    response: &M,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        lock(conn, post.id).await?;
        if insert(conn, mark, post.id, by).await? {
            count(conn, mark, post, 1).await?;
            notifications::add(conn, announcement).await?;
        }
        Ok(idempotency::complete(conn, response).await?)
    })
    .await
}

/// Takes somebody's mark off a post, if it is there.
pub(crate) async fn take<M: prost::Message>(
    pool: &Pool,
    mark: Mark,
    post: &Post,
    by: Uuid,
    response: &M,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        lock(conn, post.id).await?;
        if delete(conn, mark, by, &[post.id]).await?.len() == 1 {
            count(conn, mark, post, -1).await?;
        }
        Ok(idempotency::complete(conn, response).await?)
    })
    .await
}

/// Keeps others from changing a post until the transaction ends.
async fn lock(conn: &mut AsyncPgConnection, post: Uuid) -> Result<(), Error> {
    let row = posts::table.find(post).select(posts::id).for_no_key_update();
    let found: Option<Uuid> = row.first(conn).await.optional()?;
    found.map(drop).ok_or(Error::PostNotFound)
}

/// Writes a mark down, unless there is one. With the post's row held, later shares of it have greater ids.
async fn insert(conn: &mut AsyncPgConnection, mark: Mark, post: Uuid, by: Uuid) -> QueryResult<bool> {
    let inserted = match mark {
        Mark::Like => {
            let like = (likes::post_id.eq(post), likes::account_id.eq(by));
            diesel::insert_into(likes::table).values(like).on_conflict_do_nothing().execute(conn).await?
        }
        Mark::Share => {
            let share = (shares::id.eq(Uuid::now_v7()), shares::post_id.eq(post), shares::account_id.eq(by));
            diesel::insert_into(shares::table).values(share).on_conflict_do_nothing().execute(conn).await?
        }
    };
    Ok(inserted == 1)
}

/// On which posts somebody has put marks, up to a number of them.
pub(super) async fn some_of(conn: &mut AsyncPgConnection, mark: Mark, by: Uuid, most: i64) -> QueryResult<Vec<Uuid>> {
    match mark {
        Mark::Like => {
            let own = likes::table.filter(likes::account_id.eq(by)).order(likes::post_id);
            own.select(likes::post_id).limit(most).load(conn).await
        }
        Mark::Share => {
            let own = shares::table.filter(shares::account_id.eq(by)).order(shares::id);
            own.select(shares::post_id).limit(most).load(conn).await
        }
    }
}

/// Deletes somebody's marks on posts. Answers on which posts there were any.
pub(super) async fn delete(conn: &mut AsyncPgConnection, mark: Mark, by: Uuid, ids: &[Uuid]) -> QueryResult<Vec<Uuid>> {
    match mark {
        Mark::Like => {
            let own = likes::table.filter(likes::account_id.eq(by).and(likes::post_id.eq_any(ids)));
            diesel::delete(own).returning(likes::post_id).get_results(conn).await
        }
        Mark::Share => {
            let own = shares::table.filter(shares::account_id.eq(by).and(shares::post_id.eq_any(ids)));
            diesel::delete(own).returning(shares::post_id).get_results(conn).await
        }
    }
}

async fn count(conn: &mut AsyncPgConnection, mark: Mark, post: &Post, by: i64) -> QueryResult<()> {
    count_on(conn, mark, &[post.id], by).await?;
    if post.content.visibility.counts() {
        counts::change(conn, post.author, Change::of(mark, by)).await?;
    }
    Ok(())
}

/// Counts a mark on each of some posts, whose rows are held.
pub(super) async fn count_on(conn: &mut AsyncPgConnection, mark: Mark, ids: &[Uuid], by: i64) -> QueryResult<()> {
    let marked = diesel::update(posts::table.filter(posts::id.eq_any(ids)));
    match mark {
        Mark::Like => marked.set(posts::likes_count.eq(posts::likes_count + by)).execute(conn).await?,
        Mark::Share => marked.set(posts::shares_count.eq(posts::shares_count + by)).execute(conn).await?,
    };
    Ok(())
}

/// Which of some posts a viewer likes, and has shared.
pub(crate) async fn of(pool: &Pool, viewer: Option<Uuid>, ids: &[Uuid]) -> Result<Marks, StoreError> {
    let Some(viewer) = viewer.filter(|_| !ids.is_empty()) else { return Ok(Marks::default()) };
    store::reading(pool, |mut conn| async move {
        let liked = likes::table.filter(likes::account_id.eq(viewer).and(likes::post_id.eq_any(ids)));
        let liked: Vec<Uuid> = liked.select(likes::post_id).load(&mut conn).await?;
        let shared = shares::table.filter(shares::account_id.eq(viewer).and(shares::post_id.eq_any(ids)));
        let shared: Vec<Uuid> = shared.select(shares::post_id).load(&mut conn).await?;
        Ok(Marks { liked: liked.into_iter().collect(), shared: shared.into_iter().collect() })
    })
    .await
}
