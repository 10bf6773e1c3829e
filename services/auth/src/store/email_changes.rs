//! Changes of an account's address: asked for, confirmed through the new address, or undone through the old one.

use chrono::{DateTime, Utc};
use connectus_platform::{
    client::Client,
    idempotency, outbox,
    store::{self, Connection, Pool, StoreError},
};
use connectus_proto::auth::v1::{ChangeEmailResponse, UndoEmailChangeResponse};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    access,
    accounts::{self, not_queued},
    deletion, events, links,
    schema::email_changes,
};
use crate::domain::{
    Error,
    account::{Account, EmailChange, UNDO_TTL, email_key},
    event::{Event, EventKind},
    link::Purpose,
    message::Message,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = email_changes)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    old_email: String,
    new_email: String,
    confirmed_at: Option<DateTime<Utc>>,
}

impl From<Row> for EmailChange {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            account_id: row.account_id,
            old_email: row.old_email,
            new_email: row.new_email,
            is_confirmed: row.confirmed_at.is_some(),
        }
    }
}

/// Finds a change that can still be undone.
pub(crate) async fn find(pool: &Pool, id: Uuid) -> Result<Option<EmailChange>, StoreError> {
    let mut conn = store::connection(pool).await?;
    Ok(find_on(&mut conn, id).await?)
}

async fn find_on(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<Option<EmailChange>> {
    let row: Option<Row> = email_changes::table.find(id).select(Row::as_select()).first(conn).await.optional()?;
    Ok(row.map(EmailChange::from))
}

/// Finds the changes to an address that wait to be confirmed; each is another account's.
pub(crate) async fn find_pending(pool: &Pool, new_email: &str) -> Result<Vec<EmailChange>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let waiting = email_changes::new_email_key.eq(email_key(new_email)).and(email_changes::confirmed_at.is_null());
    let rows: Vec<Row> = email_changes::table.filter(waiting).select(Row::as_select()).load(&mut conn).await?;
    Ok(rows.into_iter().map(EmailChange::from).collect())
}

/// Asks for a change of an account's address, whose password was right a moment ago. It takes the place of one that waits.
pub(crate) async fn request(pool: &Pool, account: &Account, new_email: &str, client: Client) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        accounts::lock_unchanged(conn, account).await?;
        withdraw_pending(conn, account.id).await?;
        let change_id = insert(conn, account, new_email).await?;
        accounts::set_unverified(conn, account.id).await?;
        access::publish(conn, account.id).await?;
        for message in [Message::EmailChangeMail { change_id }, Message::EmailChangeNotice { change_id }] {
            outbox::enqueue(conn, Uuid::now_v7(), &message).await.map_err(not_queued)?;
        }
        events::insert(conn, &Event::new(account.id, EventKind::EmailChangeRequested, client)).await?;
        idempotency::complete(conn, &ChangeEmailResponse {}).await?;
        Ok(())
    })
    .await
}

async fn insert(conn: &mut AsyncPgConnection, account: &Account, new_email: &str) -> QueryResult<Uuid> {
    let id = Uuid::now_v7();
    let values = (
        email_changes::id.eq(id),
        email_changes::account_id.eq(account.id),
        email_changes::old_email.eq(&account.email),
        email_changes::new_email.eq(new_email),
        email_changes::new_email_key.eq(email_key(new_email)),
        email_changes::expires_at.eq(Utc::now() + UNDO_TTL),
    );
    diesel::insert_into(email_changes::table).values(values).execute(conn).await?;
    Ok(id)
}

/// Withdraws a change that waits to be confirmed.
pub(super) async fn withdraw_pending(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<()> {
    let waiting = email_changes::account_id.eq(account_id).and(email_changes::confirmed_at.is_null());
    diesel::delete(email_changes::table.filter(waiting)).execute(conn).await?;
    Ok(())
}

/// Gives an account the address that its owner has just proved to read.
pub(super) async fn confirm(conn: &mut AsyncPgConnection, change_id: Uuid, client: Client) -> Result<(), Error> {
    let change = find_on(conn, change_id).await?.ok_or(Error::LinkInvalid)?;
    let confirmed = email_changes::confirmed_at.eq(Utc::now());
    diesel::update(email_changes::table.find(change_id)).set(confirmed).execute(conn).await?;
    match set_email(conn, change.account_id, &change.new_email).await {
        // Somebody else registered with it meanwhile.
        Err(Error::EmailTaken) => return Err(Error::LinkInvalid),
        set => set?,
    }
    access::publish(conn, change.account_id).await?;
    events::insert(conn, &Event::new(change.account_id, EventKind::EmailChanged, client)).await?;
    Ok(())
}

/// Gives an account the address back that it had before a change, and undoes all changes since. Whoever made them knows the
/// password, which works no more.
pub(crate) async fn undo(
    pool: &Pool,
    account_id: Uuid,
    token: &str,
    unusable_hash: &str,
    client: Client,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let change_id = links::redeem(conn, account_id, Purpose::UndoEmailChange, token).await?;
        let change = find_on(conn, change_id.ok_or(Error::LinkInvalid)?).await?.ok_or(Error::LinkInvalid)?;
        let since = email_changes::account_id.eq(account_id).and(email_changes::id.ge(change.id));
        diesel::delete(email_changes::table.filter(since)).execute(conn).await?;
        set_email(conn, account_id, &change.old_email).await?;
        accounts::set_password(conn, account_id, unusable_hash).await?;
        access::revoke_account_on(conn, account_id).await?;
        let reset = Message::PasswordResetMail {
            email: change.old_email,
            client_address: client.address_text(),
            device: client.device.clone(),
        };
        outbox::enqueue(conn, Uuid::now_v7(), &reset).await?;
        events::insert(conn, &Event::new(account_id, EventKind::EmailChangeUndone, client)).await?;
        idempotency::complete(conn, &UndoEmailChangeResponse {}).await?;
        Ok(())
    })
    .await
}

/// Sets an address that its reader has just proved to read, and has the account service told. Whoever registered with it and never
/// proved it has no right to it, and links that were mailed to the address before work no more.
async fn set_email(conn: &mut AsyncPgConnection, account_id: Uuid, email: &str) -> Result<(), Error> {
    if let Some(squatter) = accounts::delete_unverified(conn, email, account_id).await? {
        deletion::enqueue_erasure(conn, squatter).await?;
    }
    links::withdraw_resets(conn, account_id).await?;
    let version = accounts::set_email(conn, account_id, email).await?;
    let message = Message::SetEmail { account_id, email: email.to_owned(), version };
    outbox::enqueue(conn, Uuid::now_v7(), &message).await?;
    Ok(())
}
