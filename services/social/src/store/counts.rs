//! What the posts of an account come to.

use connectus_platform::{
    outbox,
    store::{self, Pool, StoreError},
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::schema::post_counts;
use crate::domain::{message::Message, post::Mark};

/// What the posts of an account come to, but for private ones.
#[derive(Queryable, Selectable)]
#[diesel(table_name = post_counts)]
pub(crate) struct PostCounts {
    /// How many there are.
    pub(crate) posts_count: i64,
    /// How many likes they have.
    pub(crate) liked_count: i64,
    /// How often they were shared.
    pub(crate) shared_count: i64,
    /// The number of the change.
    pub(crate) version: i64,
}

/// By how much the counts of an account change.
#[derive(Clone, Copy, Default)]
pub(super) struct Change {
    pub(super) posts: i64,
    pub(super) liked: i64,
    pub(super) shared: i64,
}

impl Change {
    /// What so many marks on the posts of an account change.
    pub(super) fn of(mark: Mark, by: i64) -> Self {
        match mark {
            Mark::Like => Self { liked: by, ..Self::default() },
            Mark::Share => Self { shared: by, ..Self::default() },
        }
    }
}

/// Changes the counts of an account, and has them told. Whoever changes a post holds its row already; whoever changes the
/// counts of several accounts does so in the order of their ids.
pub(super) async fn change(conn: &mut AsyncPgConnection, account_id: Uuid, by: Change) -> QueryResult<()> {
    let first = (
        post_counts::account_id.eq(account_id),
        post_counts::posts_count.eq(by.posts),
        post_counts::liked_count.eq(by.liked),
        post_counts::shared_count.eq(by.shared),
        post_counts::version.eq(1),
    );
    let next = (
        post_counts::posts_count.eq(post_counts::posts_count + by.posts),
        post_counts::liked_count.eq(post_counts::liked_count + by.liked),
        post_counts::shared_count.eq(post_counts::shared_count + by.shared),
        post_counts::version.eq(post_counts::version + 1),
    );
    let insert = diesel::insert_into(post_counts::table).values(first);
    insert.on_conflict(post_counts::account_id).do_update().set(next).execute(conn).await?;
    outbox::enqueue(conn, Uuid::now_v7(), &Message::TellCounts { account_id }).await
}

/// Reads the counts of an account that has posted.
pub(crate) async fn find(pool: &Pool, account_id: Uuid) -> Result<Option<PostCounts>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let counts = post_counts::table.find(account_id).select(PostCounts::as_select());
    Ok(counts.first(&mut conn).await.optional()?)
}
