//! Works on what was taken in: one community at a time by one worker, in its order, many items in one transaction.

use chrono::{DateTime, Utc};
use connectus_platform::store::{self, Connection, Pool, StoreError};
use diesel::QueryResult;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{dead_items, hold, hold_if_free, load, queue, queue::Waiting, write};
use crate::domain::{Error, item::Item};

/// How many items one transaction is about.
const BATCH: i64 = 500;
/// How many it is about after so many took too long.
const SMALL_BATCH: i64 = 10;

/// What came of working on a community's items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// So many are done.
    Done(usize),
    /// Somebody else is at it.
    Busy,
}

/// Works on the first items of a community, unless somebody else does.
pub(crate) async fn work(pool: &Pool, community_id: Uuid) -> Result<Progress, StoreError> {
    match work_on(pool, community_id, BATCH).await {
        Err(StoreError::Internal(cause)) => {
            tracing::warn!(cause, "items cannot be worked on together, and are so one by one");
            work_on_first(pool, community_id).await
        }
        Err(StoreError::Unavailable(_)) => work_on(pool, community_id, SMALL_BATCH).await,
        progress => progress,
    }
}

/// Works on the first item alone, and puts it aside where that fails too.
async fn work_on_first(pool: &Pool, community_id: Uuid) -> Result<Progress, StoreError> {
    // Another replica may be done with it before this one is: then there is nothing to put aside.
    let Some(position) = queue::first_position(pool, community_id).await? else { return Ok(Progress::Done(0)) };
    match work_on(pool, community_id, 1).await {
        Err(StoreError::Internal(_)) => {
            tracing::error!("an item cannot be worked on, and is put aside");
            dead_items::bury(pool, community_id, position).await
        }
        progress => progress,
    }
}

async fn work_on(pool: &Pool, community_id: Uuid, most: i64) -> Result<Progress, StoreError> {
    let mut conn = store::connection(pool).await?;
    let progress = conn.transaction(async |conn: &mut Connection| -> QueryResult<Progress> {
        if !hold_if_free(conn, community_id).await? {
            return Ok(Progress::Busy);
        }
        Ok(Progress::Done(apply_first(conn, community_id, most).await?))
    });
    Ok(progress.await?)
}

/// Works on a community's items up to one that has just been taken in, now.
pub(crate) async fn work_until(pool: &Pool, community_id: Uuid, position: i64) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    loop {
        let is_done = conn.transaction(async |conn: &mut Connection| -> Result<bool, Error> {
            hold(conn, community_id).await?;
            if queue::is_gone(conn, community_id, position).await? {
                return Ok(true);
            }
            apply_first(conn, community_id, BATCH).await?;
            Ok(false)
        });
        if is_done.await? {
            return Ok(());
        }
    }
}

/// Works on the first items of a community that is held. Answers how many.
async fn apply_first(conn: &mut AsyncPgConnection, community_id: Uuid, most: i64) -> QueryResult<usize> {
    let waiting = queue::first(conn, community_id, most).await?;
    let positions: Vec<i64> = waiting.iter().map(|waiting| waiting.position).collect();
    let (places, items): (Vec<Place>, Vec<Item>) = read(waiting)?.into_iter().unzip();
    apply(conn, community_id, &items, places).await?;
    queue::remove(conn, community_id, &positions).await?;
    Ok(positions.len())
}

/// Works on items, each said at a position of the queue and at a time, of a community that is held.
pub(super) async fn apply(
    conn: &mut AsyncPgConnection,
    community_id: Uuid,
    items: &[Item],
    places: impl IntoIterator<Item = Place>,
) -> QueryResult<()> {
    let mut batch = load::batch(conn, community_id, items).await?;
    for (item, (position, told_at)) in items.iter().zip(places) {
        batch.apply(item, position, told_at, Uuid::now_v7);
    }
    write::batch(conn, community_id, &batch).await
}

/// Where in the queue something was said, and when.
type Place = (i64, DateTime<Utc>);
type Read = Vec<(Place, Item)>;

fn read(waiting: Vec<Waiting>) -> QueryResult<Read> {
    let read = |Waiting { position, item, created_at }| Ok(((position, created_at), serde_json::from_value(item)?));
    let all: Result<Read, serde_json::Error> = waiting.into_iter().map(read).collect();
    all.map_err(|error| diesel::result::Error::DeserializationError(error.into()))
}
