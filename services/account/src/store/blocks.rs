//! Blocks: whom an account does not want to be seen by.

use std::collections::HashSet;

use chrono::{TimeDelta, Utc};
use connectus_platform::{
    fields::FieldError,
    idempotency,
    store::{self, Connection, Pool, StoreError},
};
use connectus_proto::account::v1::{BlockAccountResponse, UnblockAccountResponse};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, QueryResult, dsl::not};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    accounts::{self as stored_accounts, ORGANIZATION, USER},
    connections,
    schema::blocks,
    volunteers,
};
use crate::domain::{
    Error,
    settings::{BLOCKED_FIELD, MAX_BLOCKED},
};

/// Lets a person block an account, if it is not blocked yet.
pub(crate) async fn insert(pool: &Pool, id: Uuid, other: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        lock_person(conn, id).await?;
        let blocked = blocked_by(conn, id).await?;
        if !blocked.contains(&other) {
            if stored_accounts::visible(conn, &[other], id).await?.is_empty() {
                return Err(Error::AccountNotFound);
            }
            if blocked.len() >= MAX_BLOCKED {
                return Err(Error::LimitReached);
            }
            add(conn, id, &[other]).await?;
            volunteers::refresh(conn, id).await?;
        }
        Ok(idempotency::complete(conn, &BlockAccountResponse {}).await?)
    })
    .await
}

/// Lets an account see a person again. Whom the person has blocked is known to them, and others only if they may see them.
pub(crate) async fn delete(pool: &Pool, id: Uuid, other: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        lock_person(conn, id).await?;
        let blocked = blocks::table.find((id, other));
        let was_blocked = diesel::delete(blocked).execute(conn).await? == 1;
        if !was_blocked && !stored_accounts::is_visible(conn, other, Some(id)).await? {
            return Err(Error::AccountNotFound);
        }
        if was_blocked {
            volunteers::refresh(conn, id).await?;
        }
        Ok(idempotency::complete(conn, &UnblockAccountResponse {}).await?)
    })
    .await
}

async fn lock_person(conn: &mut AsyncPgConnection, id: Uuid) -> Result<(), Error> {
    if stored_accounts::lock(conn, &[id], &[USER]).await?.is_empty() { Err(Error::AccountNotFound) } else { Ok(()) }
}

/// Adds to whom a person has blocked in the former system those who are there by now.
pub(crate) async fn import(pool: &Pool, id: Uuid, blocked: &[Uuid]) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
        if stored_accounts::lock(conn, &[id], &[USER]).await?.is_empty() {
            return Ok(());
        }
        let known = stored_accounts::existing(conn, blocked, &[USER, ORGANIZATION]).await?;
        let known: HashSet<Uuid> = known.into_iter().collect();
        let others = blocked.iter().copied().filter(|other| known.contains(other) && *other != id);
        add(conn, id, &others.collect::<Vec<_>>()).await?;
        volunteers::refresh(conn, id).await
    })
    .await?;
    Ok(())
}

/// Whom an account has blocked, oldest first.
pub(super) async fn blocked_by(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<Vec<Uuid>> {
    let blocked = blocks::table.filter(blocks::blocker_id.eq(id)).order((blocks::created_at, blocks::blocked_id));
    blocked.select(blocks::blocked_id).load(conn).await
}

/// Blocks those wanted and no others; one who was blocked before stays blocked since then. Those blocked at once follow
/// each other in the order given.
pub(super) async fn replace(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    blocked: &[Uuid],
    wanted: &[Uuid],
) -> Result<(), Error> {
    let new: Vec<Uuid> = wanted.iter().copied().filter(|wanted| !blocked.contains(wanted)).collect();
    if stored_accounts::visible(conn, &new, id).await?.len() < new.len() {
        return Err(FieldError::new(BLOCKED_FIELD, "has the id of no account").into());
    }
    let dropped = blocks::blocker_id.eq(id).and(not(blocks::blocked_id.eq_any(wanted)));
    diesel::delete(blocks::table.filter(dropped)).execute(conn).await?;
    Ok(add(conn, id, &new).await?)
}

/// Blocks those who are not blocked yet, and ends what they have to do with the account, which whoever calls holds.
async fn add(conn: &mut AsyncPgConnection, id: Uuid, wanted: &[Uuid]) -> QueryResult<()> {
    let now = Utc::now();
    let moments = (0..).map(|n| now + TimeDelta::microseconds(n));
    let rows: Vec<_> = moments
        .zip(wanted)
        .map(|(at, blocked)| (blocks::blocker_id.eq(id), blocks::blocked_id.eq(blocked), blocks::created_at.eq(at)))
        .collect();
    diesel::insert_into(blocks::table).values(rows).on_conflict_do_nothing().execute(conn).await?;
    connections::end(conn, id, wanted).await
}
