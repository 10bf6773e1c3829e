//! The end of an account.

use chrono::{TimeDelta, Utc};
use connectus_platform::{
    client::Client,
    idempotency, outbox,
    store::{self, Connection, Pool},
};
use connectus_proto::auth::v1::DeleteAccountResponse;
use diesel::{
    QueryResult,
    sql_types::{Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    access,
    accounts::{self, not_queued},
    events,
};
use crate::domain::{
    Error,
    account::Account,
    event::{Event, EventKind},
    message::{Message, Peer},
};

/// When other services erase once more what they hold: by then no replica accepts a token of the account, and nothing that
/// was under way can bring something back.
const ERASE_AGAIN_AFTER: TimeDelta = TimeDelta::minutes(5);

/// What still waits to be sent to somebody, or done for them.
const FORGET_MESSAGES: &str =
    "DELETE FROM outbox WHERE lower(payload->>'email') = lower($1) OR payload->>'account_id' = $2::text";

/// Deletes an account whose password was right a moment ago, and has every service erase what it holds about it.
pub(crate) async fn delete_account(pool: &Pool, account: &Account, client: Client) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        accounts::lock_unchanged(conn, account).await?;
        accounts::delete(conn, account.id).await?;
        events::insert(conn, &Event::new(account.id, EventKind::Deleted, client)).await?;
        events::anonymize(conn, account.id).await?;
        let forget = diesel::sql_query(FORGET_MESSAGES).bind::<Text, _>(&account.email);
        forget.bind::<SqlUuid, _>(account.id).execute(conn).await?;
        enqueue_erasure(conn, account.id).await.map_err(not_queued)?;
        let goodbye = Message::DeletedMail { email: account.email.clone() };
        outbox::enqueue(conn, Uuid::now_v7(), &goodbye).await.map_err(not_queued)?;
        idempotency::complete(conn, &DeleteAccountResponse {}).await?;
        // Last, since it keeps all others who revoke something waiting.
        access::revoke_for_good(conn, account.id).await?;
        Ok(())
    })
    .await
}

/// Has every service erase what it holds about an account.
pub(super) async fn enqueue_erasure(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<()> {
    for service in [Peer::Account, Peer::Experience, Peer::Social, Peer::Community] {
        let erase = Message::EraseAccount { account_id, service };
        outbox::enqueue(conn, Uuid::now_v7(), &erase).await?;
        outbox::enqueue_for(conn, Uuid::now_v7(), &erase, Utc::now() + ERASE_AGAIN_AFTER).await?;
    }
    Ok(())
}
