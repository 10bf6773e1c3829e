//! The accounts' credentials.

use chrono::{DateTime, Utc};
use connectus_platform::{
    client::Client,
    idempotency, outbox,
    store::{self, Connection, Pool, StoreError},
    token::TokenAccountType,
};
use connectus_proto::auth::v1::RegisterResponse;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{events, schema::accounts};
use crate::domain::{
    Error,
    account::{Account, LoginId, email_key},
    event::{Event, EventKind},
    message::Message,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct Row {
    id: Uuid,
    email: String,
    password_hash: String,
    account_type: String,
    email_verified_at: Option<DateTime<Utc>>,
    session_generation: i32,
    locked_at: Option<DateTime<Utc>>,
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            email: row.email,
            password_hash: row.password_hash,
            // The table holds no other type.
            account_type: match row.account_type.as_str() {
                "organization" => TokenAccountType::Organization,
                _ => TokenAccountType::User,
            },
            email_verified_at: row.email_verified_at,
            session_generation: row.session_generation,
            locked_at: row.locked_at,
        }
    }
}

fn type_name(account_type: TokenAccountType) -> &'static str {
    match account_type {
        TokenAccountType::User => "user",
        TokenAccountType::Organization => "organization",
    }
}

/// Finds the account that somebody logs in to.
pub(crate) async fn find(pool: &Pool, id: &LoginId) -> Result<Option<Account>, StoreError> {
    let mut conn = store::connection(pool).await?;
    Ok(find_on(&mut conn, id).await?)
}

pub(super) async fn find_on(conn: &mut AsyncPgConnection, id: &LoginId) -> QueryResult<Option<Account>> {
    let row: QueryResult<Row> = match id {
        LoginId::Account(id) => accounts::table.find(id).select(Row::as_select()).first(conn).await,
        LoginId::Email(key) => {
            accounts::table.filter(accounts::email_key.eq(key)).select(Row::as_select()).first(conn).await
        }
    };
    Ok(row.optional()?.map(Account::from))
}

/// The address of an account, if it is verified.
pub(crate) async fn verified_email(pool: &Pool, id: Uuid) -> Result<Option<String>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let verified = accounts::table.find(id).filter(accounts::email_verified_at.is_not_null());
    Ok(verified.select(accounts::email).first(&mut conn).await.optional()?)
}

/// Adds an account with the messages that must follow it, or nothing at all.
pub(crate) async fn register(
    pool: &Pool,
    account: &Account,
    created_at: DateTime<Utc>,
    messages: &[Message],
    client: Client,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        insert_row(conn, account, created_at).await?;
        for message in messages {
            outbox::enqueue(conn, Uuid::now_v7(), message).await.map_err(not_queued)?;
        }
        events::insert(conn, &Event::new(account.id, EventKind::Registered, client)).await?;
        idempotency::complete(conn, &RegisterResponse {}).await?;
        Ok(())
    })
    .await
}

/// Tells the owner of an account by mail that somebody tried to register with its address.
pub(crate) async fn register_again(pool: &Pool, account: &Account, client: Client) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let message = Message::AlreadyRegisteredMail { email: account.email.clone() };
        outbox::enqueue(conn, Uuid::now_v7(), &message).await.map_err(not_queued)?;
        events::insert(conn, &Event::new(account.id, EventKind::RegisteredAgain, client)).await?;
        idempotency::complete(conn, &RegisterResponse {}).await?;
        Ok(())
    })
    .await
}

/// What must follow cannot be queued: for now, or because it is refused.
pub(super) fn not_queued(error: diesel::result::Error) -> Error {
    match StoreError::from(error) {
        passing @ StoreError::Unavailable(_) => Error::Store(passing),
        refused @ StoreError::Internal(_) => Error::MailNotAccepted(refused),
    }
}

pub(super) async fn insert_row(
    conn: &mut AsyncPgConnection,
    account: &Account,
    created_at: DateTime<Utc>,
) -> Result<(), Error> {
    let values = (
        accounts::id.eq(account.id),
        accounts::email.eq(&account.email),
        accounts::email_key.eq(email_key(&account.email)),
        accounts::password_hash.eq(&account.password_hash),
        accounts::account_type.eq(type_name(account.account_type)),
        accounts::email_verified_at.eq(account.email_verified_at),
        accounts::created_at.eq(created_at),
    );
    diesel::insert_into(accounts::table).values(values).execute(conn).await.map_err(taken)?;
    Ok(())
}

/// Tells an address that another account has from other failures.
fn taken(error: diesel::result::Error) -> Error {
    match store::unique_violation(&error) {
        Some("accounts_email_key") => Error::EmailTaken,
        _ => error.into(),
    }
}

/// Writes a message that follows no change, and answers the call that asks for it.
pub(crate) async fn enqueue<M: prost::Message>(pool: &Pool, message: &Message, answer: &M) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    let enqueued = conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
        outbox::enqueue(conn, Uuid::now_v7(), message).await?;
        idempotency::complete(conn, answer).await
    });
    Ok(enqueued.await?)
}

/// Replaces a hash by a stronger one of the same password, unless the password was changed meanwhile.
pub(crate) async fn upgrade_hash(pool: &Pool, account: &Account, stronger: &str) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    let unchanged = accounts::id.eq(account.id).and(accounts::password_hash.eq(&account.password_hash));
    diesel::update(accounts::table.filter(unchanged))
        .set(accounts::password_hash.eq(stronger))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Marks an account's address as verified. Answers whether it was not.
pub(super) async fn set_verified(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let unverified = accounts::table.filter(accounts::id.eq(id).and(accounts::email_verified_at.is_null()));
    Ok(diesel::update(unverified).set(accounts::email_verified_at.eq(Utc::now())).execute(conn).await? == 1)
}

/// Says that an account's address has to be verified.
pub(super) async fn set_unverified(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    let unverified = accounts::email_verified_at.eq(None::<DateTime<Utc>>);
    diesel::update(accounts::table.find(id)).set(unverified).execute(conn).await?;
    Ok(())
}

/// Sets a verified address, and returns the number of the change.
pub(super) async fn set_email(conn: &mut AsyncPgConnection, id: Uuid, email: &str) -> Result<i32, Error> {
    let changes = (
        accounts::email.eq(email),
        accounts::email_key.eq(email_key(email)),
        accounts::email_verified_at.eq(Utc::now()),
        accounts::email_version.eq(accounts::email_version + 1),
    );
    let updated = diesel::update(accounts::table.find(id)).set(changes).returning(accounts::email_version);
    updated.get_result(conn).await.map_err(taken)
}

/// Locks an account, or unlocks it. Tells whether there is such an account.
pub(super) async fn set_locked(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    locked_at: Option<DateTime<Utc>>,
) -> QueryResult<bool> {
    let update = diesel::update(accounts::table.find(id)).set(accounts::locked_at.eq(locked_at));
    Ok(update.execute(conn).await? == 1)
}

/// Deletes an account, and with it its sessions, links and changes.
pub(super) async fn delete(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    diesel::delete(accounts::table.find(id)).execute(conn).await?;
    Ok(())
}

/// Deletes the account that has an address and never verified it, if it is another than the one that is to have it.
pub(super) async fn delete_unverified(
    conn: &mut AsyncPgConnection,
    email: &str,
    rightful: Uuid,
) -> QueryResult<Option<Uuid>> {
    let unverified = accounts::email_key.eq(email_key(email)).and(accounts::email_verified_at.is_null());
    let others = accounts::table.filter(unverified.and(accounts::id.ne(rightful)));
    diesel::delete(others).returning(accounts::id).get_result(conn).await.optional()
}

/// Sets a new password.
pub(super) async fn set_password(conn: &mut AsyncPgConnection, id: Uuid, hash: &str) -> QueryResult<()> {
    diesel::update(accounts::table.find(id)).set(accounts::password_hash.eq(hash)).execute(conn).await?;
    Ok(())
}

/// Keeps others from changing an account until the transaction ends. Tells whether there is such an account.
pub(super) async fn lock(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let account = accounts::table.find(id).select(accounts::id).for_no_key_update();
    Ok(account.first::<Uuid>(conn).await.optional()?.is_some())
}

/// Keeps others from changing an account whose password is still the one that was checked, and whose sessions were not ended since.
pub(super) async fn lock_unchanged(conn: &mut AsyncPgConnection, account: &Account) -> Result<(), Error> {
    let unchanged = accounts::id.eq(account.id).and(accounts::password_hash.eq(&account.password_hash));
    let going_on = accounts::session_generation.eq(account.session_generation).and(accounts::locked_at.is_null());
    let found = accounts::table.filter(unchanged.and(going_on)).select(accounts::id).for_update();
    found.first::<Uuid>(conn).await.optional()?.map(drop).ok_or(Error::PasswordWrong)
}

/// The session generation of an account, and whether its address is verified.
pub(super) async fn access(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<(i32, bool)> {
    let access = (accounts::session_generation, accounts::email_verified_at.is_not_null());
    accounts::table.find(id).select(access).first(conn).await
}

/// Starts a new session generation, which every token made before falls short of. Returns it, and whether the account's
/// address is verified; nothing if there is no such account.
pub(super) async fn next_generation(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<Option<(i32, bool)>> {
    diesel::update(accounts::table.find(id))
        .set(accounts::session_generation.eq(accounts::session_generation + 1))
        .returning((accounts::session_generation, accounts::email_verified_at.is_not_null()))
        .get_result(conn)
        .await
        .optional()
}
