//! What goes after a post that is deleted: what others made of it, and what was told of it. It goes in portions, of which none
//! takes long; whoever begins again goes on where the last one ended.

use connectus_platform::store::{self, Connection, Pool, StoreError};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    notifications,
    schema::{likes, shares},
};

/// How many rows one statement deletes.
const PORTION: i64 = 1000;

/// Deletes what there is about a post that is gone. Nobody adds to it any more, since who marks a post holds it.
pub(crate) async fn forget(pool: &Pool, post: Uuid) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    while forget_likes(&mut conn, post).await? {}
    while forget_shares(&mut conn, post).await? {}
    while notifications::withdraw(&mut conn, post).await? {}
    Ok(())
}

/// Deletes a portion of the likes of a post. Answers whether there may be more.
async fn forget_likes(conn: &mut Connection, post: Uuid) -> QueryResult<bool> {
    let some = likes::table.filter(likes::post_id.eq(post)).order(likes::account_id).limit(PORTION);
    let some: Vec<Uuid> = some.select(likes::account_id).load(conn).await?;
    let portion = likes::post_id.eq(post).and(likes::account_id.eq_any(&some));
    diesel::delete(likes::table.filter(portion)).execute(conn).await?;
    Ok(!some.is_empty())
}

/// Deletes a portion of the shares of a post. Answers whether there may be more.
async fn forget_shares(conn: &mut Connection, post: Uuid) -> QueryResult<bool> {
    let some = shares::table.filter(shares::post_id.eq(post)).order(shares::account_id).limit(PORTION);
    let some: Vec<Uuid> = some.select(shares::account_id).load(conn).await?;
    let portion = shares::post_id.eq(post).and(shares::account_id.eq_any(&some));
    diesel::delete(shares::table.filter(portion)).execute(conn).await?;
    Ok(!some.is_empty())
}
