//! The accounts' credentials.

use chrono::Utc;
use connectus_platform::{
    outbox,
    store::{self, Connection, Pool, StoreError},
    token::TokenAccountType,
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::schema::accounts;
use crate::domain::{
    Error,
    account::{Account, LoginId, email_key},
    message::Message,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct Row {
    id: Uuid,
    email: String,
    password_hash: String,
    account_type: String,
    email_verified_at: Option<chrono::DateTime<Utc>>,
    session_generation: i32,
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

/// Adds an account with the messages that must follow it, or nothing at all.
pub(crate) async fn insert(pool: &Pool, account: &Account, messages: &[(Uuid, Message)]) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        insert_row(conn, account).await?;
        for (id, message) in messages {
            outbox::enqueue(conn, *id, message).await.map_err(not_queued)?;
        }
        Ok(())
    })
    .await
}

/// What must follow cannot be queued: for now, or because it is refused.
fn not_queued(error: diesel::result::Error) -> Error {
    match StoreError::from(error) {
        passing @ StoreError::Unavailable(_) => Error::Store(passing),
        refused @ StoreError::Internal(_) => Error::MailNotAccepted(refused),
    }
}

async fn insert_row(conn: &mut AsyncPgConnection, account: &Account) -> Result<(), Error> {
    let values = (
        accounts::id.eq(account.id),
        accounts::email.eq(&account.email),
        accounts::email_key.eq(email_key(&account.email)),
        accounts::password_hash.eq(&account.password_hash),
        accounts::account_type.eq(type_name(account.account_type)),
    );
    match diesel::insert_into(accounts::table).values(values).execute(conn).await {
        Ok(_) => Ok(()),
        Err(error) if store::unique_violation(&error) == Some("accounts_email_key") => Err(Error::EmailTaken),
        Err(error) => Err(error.into()),
    }
}

/// Writes a message that follows no change.
pub(crate) async fn enqueue(pool: &Pool, message: &Message) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    Ok(outbox::enqueue(&mut conn, Uuid::now_v7(), message).await?)
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

/// Marks an account's address as verified.
pub(super) async fn set_verified(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    let unverified = accounts::table.filter(accounts::id.eq(id).and(accounts::email_verified_at.is_null()));
    diesel::update(unverified).set(accounts::email_verified_at.eq(Utc::now())).execute(conn).await?;
    Ok(())
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
