//! Digests: what an account is told of by mail some time after the first news.

use chrono::{DateTime, TimeDelta, Utc};
use connectus_platform::{
    outbox,
    store::{self, Connection, Pool, StoreError},
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper, dsl::not,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    notifications::{Row, left, urgent_kinds},
    schema::{boxes, notifications},
};
use crate::domain::{message::Message, notification::Notification};

/// How many notifications a digest tells of; the site has the others.
const MOST: i64 = 50;

/// Plans a digest of a box that is held, unless one is planned already.
pub(super) async fn plan(conn: &mut AsyncPgConnection, account_id: Uuid, interval: TimeDelta) -> QueryResult<()> {
    let due_at: DateTime<Utc> = Utc::now() + interval;
    let unplanned = boxes::table.find(account_id).filter(boxes::digest_at.is_null());
    if diesel::update(unplanned).set(boxes::digest_at.eq(due_at)).execute(conn).await? == 1 {
        outbox::enqueue_for(conn, Uuid::now_v7(), &Message::DigestMail { account_id }, due_at).await?;
    }
    Ok(())
}

/// What a digest of an account tells of, oldest first, and the last notification that there was then.
pub(crate) async fn read(pool: &Pool, account_id: Uuid) -> Result<Option<(Vec<Notification>, Uuid)>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let state = boxes::table.find(account_id).select((boxes::digested_id, boxes::last_id));
    let state: Option<(Option<Uuid>, Uuid)> = state.first(&mut conn).await.optional()?;
    let Some((digested, last)) = state else { return Ok(None) };
    let untold = notifications::account_id.eq(account_id).and(left());
    let new = notifications::id.gt(digested.unwrap_or_default()).and(notifications::id.le(last));
    let calm = not(notifications::kind.eq_any(urgent_kinds()));
    // The latest of them, where there are more than it tells of.
    let listed = notifications::table.filter(untold.and(new).and(calm)).order(notifications::id.desc()).limit(MOST);
    let mut rows: Vec<Row> = listed.select(Row::as_select()).load(&mut conn).await?;
    rows.reverse();
    Ok(Some((rows.into_iter().map(Notification::from).collect(), last)))
}

/// Notes up to where a digest has told, and plans the next one if there is more since then.
pub(crate) async fn finish(pool: &Pool, account_id: Uuid, told: Uuid, interval: TimeDelta) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
        let done = (boxes::digested_id.eq(told), boxes::digest_at.eq(None::<DateTime<Utc>>));
        let of_account = diesel::update(boxes::table.find(account_id)).set(done);
        let last: Option<Uuid> = of_account.returning(boxes::last_id).get_result(conn).await.optional()?;
        if last.is_some_and(|last| last > told) {
            plan(conn, account_id, interval).await?;
        }
        Ok(())
    })
    .await?;
    Ok(())
}
