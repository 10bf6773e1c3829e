//! Connections and requests to connect, as they are listed: newest first, with one more than the page has.

use chrono::{DateTime, Utc};
use connectus_platform::{
    page::Page,
    store::{self, Pool, StoreError},
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, QueryDsl, QueryResult,
    dsl::{case_when, exists, not},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    accounts::{self as stored_accounts, Seen, blocks_of, seen, shown},
    schema::{accounts, connection_requests, connections},
};
use crate::domain::{
    Error,
    account::Account,
    connection::{ConnectionRequest, Direction},
};

diesel::alias!(connections as links: Links);

/// Lists whom an account is connected with, as the viewer may see them, each with the connection's id.
pub(crate) async fn connections(
    pool: &Pool,
    id: Uuid,
    viewer: Option<Uuid>,
    page: Page,
) -> Result<Vec<(Uuid, Account)>, Error> {
    store::reading(pool, |mut conn| async move {
        if !stored_accounts::is_visible(&mut conn, id, viewer).await? {
            return Err(Error::AccountNotFound);
        }
        let looking = viewer.unwrap_or_default();
        let (link, low, high) = links.fields((connections::id, connections::low_id, connections::high_id));
        let listed = links
            .inner_join(accounts::table.on(accounts::id.eq(case_when(low.eq(id), high).otherwise(low))))
            .filter(low.eq(id).or(high.eq(id)))
            .filter(link.lt(page.before.unwrap_or(Uuid::max())))
            .filter(not(exists(blocks_of(looking))))
            .order(link.desc())
            .limit(page.size + 1)
            .select((link, seen(looking)));
        let listed: Vec<(Uuid, Seen)> = listed.load(&mut conn).await?;
        Ok(listed.into_iter().map(|(id, account)| (id, shown(account, viewer))).collect())
    })
    .await
}

/// Lists what an account was asked, or has asked, or both.
pub(crate) async fn requests(
    pool: &Pool,
    id: Uuid,
    direction: Option<Direction>,
    page: Page,
) -> Result<Vec<ConnectionRequest>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let mut listed = match direction {
        Some(Direction::Incoming) => incoming(&mut conn, id, page).await?,
        Some(Direction::Outgoing) => outgoing(&mut conn, id, page).await?,
        None => [incoming(&mut conn, id, page).await?, outgoing(&mut conn, id, page).await?].concat(),
    };
    listed.sort_unstable_by_key(|request| std::cmp::Reverse(request.id));
    Ok(listed)
}

/// A request's id, the message, when it was asked, and the other one.
type Row = (Uuid, String, DateTime<Utc>, Seen);

async fn incoming(conn: &mut AsyncPgConnection, id: Uuid, page: Page) -> QueryResult<Vec<ConnectionRequest>> {
    let listed = connection_requests::table
        .inner_join(accounts::table.on(accounts::id.eq(connection_requests::from_id)))
        .filter(connection_requests::to_id.eq(id))
        .filter(connection_requests::id.lt(page.before.unwrap_or(Uuid::max())))
        .filter(not(exists(blocks_of(id))))
        .order(connection_requests::id.desc())
        .limit(page.size + 1)
        .select((connection_requests::id, connection_requests::message, connection_requests::created_at, seen(id)));
    let rows: Vec<Row> = listed.load(conn).await?;
    Ok(rows.into_iter().map(|row| request(row, id, Direction::Incoming)).collect())
}

async fn outgoing(conn: &mut AsyncPgConnection, id: Uuid, page: Page) -> QueryResult<Vec<ConnectionRequest>> {
    let listed = connection_requests::table
        .inner_join(accounts::table.on(accounts::id.eq(connection_requests::to_id)))
        .filter(connection_requests::from_id.eq(id))
        .filter(connection_requests::id.lt(page.before.unwrap_or(Uuid::max())))
        .filter(not(exists(blocks_of(id))))
        .order(connection_requests::id.desc())
        .limit(page.size + 1)
        .select((connection_requests::id, connection_requests::message, connection_requests::created_at, seen(id)));
    let rows: Vec<Row> = listed.load(conn).await?;
    Ok(rows.into_iter().map(|row| request(row, id, Direction::Outgoing)).collect())
}

fn request((id, message, created_at, other): Row, viewer: Uuid, direction: Direction) -> ConnectionRequest {
    ConnectionRequest { id, other: shown(other, Some(viewer)), message, created_at, direction }
}
