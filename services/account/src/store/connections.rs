//! Connections and requests to connect, as they are made and ended.
//!
//! Whoever makes one holds both accounts' rows, and whoever ends one holds their own: of two acts on a pair, one comes first.

use connectus_platform::{
    idempotency,
    notices::Notice,
    outbox,
    store::{self, Connection, Pool},
    throttle,
};
use connectus_proto::{
    account::v1::{
        AcceptConnectionResponse, DeclineConnectionResponse, RemoveConnectionResponse, RequestConnectionResponse,
    },
    social::v1::NotificationKind,
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult,
    dsl::{exists, not},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    accounts::{self as stored_accounts, ORGANIZATION, USER, blocks_of, connections_of, greatest, least},
    schema::{accounts, blocks, connection_requests, connections},
    volunteers,
};
use crate::{
    delivery::Message,
    domain::{
        Error,
        connection::{Asked, MAX_CONNECTIONS, Other, Tie},
        limits,
    },
};

/// Asks an account to connect, or connects the two if it has asked too.
pub(crate) async fn request(pool: &Pool, caller: Uuid, other: Uuid, message: &str) -> Result<Asked, Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let asked = lock_both(conn, caller, other).await?.ask(message)?;
        require_room(conn, [caller, other]).await?;
        match asked {
            Asked::Connected => connect(conn, caller, other).await?,
            Asked::Pending => insert_request(conn, caller, other, message).await?,
        }
        let response = RequestConnectionResponse { is_connected: asked == Asked::Connected };
        idempotency::complete(conn, &response).await?;
        Ok(asked)
    })
    .await
}

/// Connects an account with one that has asked it.
pub(crate) async fn accept(pool: &Pool, caller: Uuid, other: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        lock_both(conn, caller, other).await?.accept()?;
        require_room(conn, [caller, other]).await?;
        connect(conn, caller, other).await?;
        Ok(idempotency::complete(conn, &AcceptConnectionResponse {}).await?)
    })
    .await
}

/// Removes what an account was asked by another.
pub(crate) async fn decline(pool: &Pool, caller: Uuid, other: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        lock_own(conn, caller, other).await?;
        if delete_request(conn, other, caller).await? == 0 {
            return Err(Error::ConnectionRequestNotFound);
        }
        Ok(idempotency::complete(conn, &DeclineConnectionResponse {}).await?)
    })
    .await
}

/// Removes a connection of an account with another, or what it has asked that one.
pub(crate) async fn remove(pool: &Pool, caller: Uuid, other: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        lock_own(conn, caller, other).await?;
        let pair = connections::low_id.eq(caller.min(other)).and(connections::high_id.eq(caller.max(other)));
        let connection = diesel::delete(connections::table.filter(pair)).execute(conn).await?;
        if connection > 0 {
            refresh_both(conn, caller, other).await?;
        }
        if connection + delete_request(conn, caller, other).await? == 0 {
            return Err(Error::ConnectionNotFound);
        }
        Ok(idempotency::complete(conn, &RemoveConnectionResponse {}).await?)
    })
    .await
}

/// Keeps both accounts from anybody else's acts until the transaction ends, and tells how the other one stands to the caller.
async fn lock_both(conn: &mut AsyncPgConnection, caller: Uuid, other: Uuid) -> Result<Other, Error> {
    let locked = stored_accounts::lock(conn, &[caller, other], &[USER, ORGANIZATION]).await?;
    if !locked.contains(&caller) || !locked.contains(&other) {
        return Err(Error::AccountNotFound);
    }
    // What was done before the accounts were let go is seen by a statement that begins after that.
    find_other(conn, caller, other).await?.ok_or(Error::AccountNotFound)
}

/// Keeps the caller's account from anybody else's acts until the transaction ends. The other one must be there for the caller.
async fn lock_own(conn: &mut AsyncPgConnection, caller: Uuid, other: Uuid) -> Result<(), Error> {
    let own = stored_accounts::lock(conn, &[caller], &[USER, ORGANIZATION]).await?;
    if own.is_empty() || !stored_accounts::is_visible(conn, other, Some(caller)).await? {
        return Err(Error::AccountNotFound);
    }
    Ok(())
}

/// How an account stands to the caller, unless it has blocked the caller: each answer is a lookup by a key.
async fn find_other(conn: &mut AsyncPgConnection, caller: Uuid, other: Uuid) -> QueryResult<Option<Other>> {
    let asked = connection_requests::table
        .filter(least(connection_requests::from_id, connection_requests::to_id).eq(least(accounts::id, caller)))
        .filter(greatest(connection_requests::from_id, connection_requests::to_id).eq(greatest(accounts::id, caller)))
        .select(connection_requests::from_id)
        .single_value();
    let blocked = blocks::table.filter(blocks::blocker_id.eq(caller).and(blocks::blocked_id.eq(accounts::id)));
    let columns = (accounts::allow_messages_from_unknown, exists(blocked), exists(connections_of(caller)), asked);
    let found = accounts::table.find(other).filter(not(exists(blocks_of(caller)))).select(columns);
    let found: Option<(bool, bool, bool, Option<Uuid>)> = found.first(conn).await.optional()?;
    Ok(found.map(|(takes_messages, is_blocked, is_connected, asked_by)| {
        let tie = match asked_by {
            _ if is_connected => Tie::Connected,
            None => Tie::None,
            Some(by) if by == caller => Tie::HasAsked,
            Some(_) => Tie::WasAsked,
        };
        Other { tie, is_blocked, takes_messages }
    }))
}

/// Refuses one connection more of accounts that have as many as they may.
async fn require_room(conn: &mut AsyncPgConnection, accounts: [Uuid; 2]) -> Result<(), Error> {
    for id in accounts {
        let own = connections::low_id.eq(id).or(connections::high_id.eq(id));
        let count: i64 = connections::table.filter(own).count().get_result(conn).await?;
        if count >= MAX_CONNECTIONS {
            return Err(Error::LimitReached);
        }
    }
    Ok(())
}

/// Writes down what an account asks another, and notifies that one.
async fn insert_request(conn: &mut AsyncPgConnection, from: Uuid, to: Uuid, message: &str) -> Result<(), Error> {
    throttle::admit_on(conn, &limits::connection_request(from, to)).await?.map_err(Error::TooManyRequests)?;
    let values = (
        connection_requests::id.eq(Uuid::now_v7()),
        connection_requests::from_id.eq(from),
        connection_requests::to_id.eq(to),
        connection_requests::message.eq(message),
    );
    diesel::insert_into(connection_requests::table).values(values).execute(conn).await?;
    notify(conn, Notice::new(to, NotificationKind::ConnectionRequested).by(from).about(None, message)).await
}

/// Connects an account with one that has asked it, and notifies that one.
async fn connect(conn: &mut AsyncPgConnection, by: Uuid, asker: Uuid) -> Result<(), Error> {
    delete_request(conn, asker, by).await?;
    let values = (
        connections::id.eq(Uuid::now_v7()),
        connections::low_id.eq(by.min(asker)),
        connections::high_id.eq(by.max(asker)),
    );
    diesel::insert_into(connections::table).values(values).execute(conn).await?;
    refresh_both(conn, by, asker).await?;
    notify(conn, Notice::new(asker, NotificationKind::ConnectionAccepted).by(by)).await
}

/// Tells communities that two may see more of each other now, or less.
async fn refresh_both(conn: &mut AsyncPgConnection, one: Uuid, other: Uuid) -> QueryResult<()> {
    volunteers::refresh(conn, one).await?;
    volunteers::refresh(conn, other).await
}

async fn delete_request(conn: &mut AsyncPgConnection, from: Uuid, to: Uuid) -> QueryResult<usize> {
    let request = connection_requests::from_id.eq(from).and(connection_requests::to_id.eq(to));
    diesel::delete(connection_requests::table.filter(request)).execute(conn).await
}

async fn notify(conn: &mut AsyncPgConnection, notice: Notice) -> Result<(), Error> {
    let message = Message::Notify { notices: vec![notice] };
    Ok(outbox::enqueue(conn, Uuid::now_v7(), &message).await?)
}

/// Ends whatever an account has to do with others, and they with it; whoever calls holds the account. Rows are locked in their
/// order, so that no two accounts that end what they have to do with each other and with others wait for each other.
pub(super) async fn end(conn: &mut AsyncPgConnection, id: Uuid, others: &[Uuid]) -> QueryResult<()> {
    use connection_requests::{from_id, to_id};
    use connections::{high_id, low_id};

    let pairs = low_id.eq(id).and(high_id.eq_any(others)).or(high_id.eq(id).and(low_id.eq_any(others)));
    let ending = connections::table.filter(pairs).order(connections::id).select(connections::id).for_update();
    let ending: Vec<Uuid> = ending.load(conn).await?;
    diesel::delete(connections::table.filter(connections::id.eq_any(ending))).execute(conn).await?;

    let pairs = from_id.eq(id).and(to_id.eq_any(others)).or(to_id.eq(id).and(from_id.eq_any(others)));
    let ending = connection_requests::table.filter(pairs).order(connection_requests::id);
    let ending: Vec<Uuid> = ending.select(connection_requests::id).for_update().load(conn).await?;
    diesel::delete(connection_requests::table.filter(connection_requests::id.eq_any(ending))).execute(conn).await?;
    Ok(())
}
