//! Accounts.

use chrono::{DateTime, NaiveDate, Utc};
use connectus_platform::store::{self, Connection, Pool, StoreError};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable,
    SelectableHelper,
    dsl::{exists, not},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::schema::{accounts, blocks, profiles};
use crate::domain::{
    account::{Account, Gender, Owner, User},
    registration::{RegisteredOwner, Registration},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct Row {
    id: Uuid,
    account_type: String,
    email: String,
    avatar_url: String,
    header_url: String,
    created_at: DateTime<Utc>,
    posts_count: i64,
    liked_count: i64,
    shared_count: i64,
    first_name: String,
    middle_name: String,
    last_name: String,
    birthday: Option<NaiveDate>,
    gender: String,
    preferred_name: String,
    is_verified: bool,
    is_full_name_visible: bool,
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        let owner = if row.account_type == ORGANIZATION {
            Owner::Organization { preferred_name: row.preferred_name, is_verified: row.is_verified }
        } else {
            Owner::User(User {
                first_name: row.first_name,
                middle_name: row.middle_name,
                last_name: row.last_name,
                birthday: row.birthday,
                gender: gender(&row.gender),
                is_full_name_visible: row.is_full_name_visible,
            })
        };
        Self {
            id: row.id,
            email: row.email,
            avatar_url: row.avatar_url,
            header_url: row.header_url,
            created_at: row.created_at,
            posts_count: row.posts_count,
            liked_count: row.liked_count,
            shared_count: row.shared_count,
            owner,
        }
    }
}

/// How the database spells the account types.
pub(super) const USER: &str = "user";
pub(super) const ORGANIZATION: &str = "organization";

fn gender(name: &str) -> Gender {
    match name {
        "male" => Gender::Male,
        "female" => Gender::Female,
        "other" => Gender::Other,
        _ => Gender::Unsaid,
    }
}

/// The blocks of a viewer by the account of the outer query. Nobody is the nil id, which no account has blocked.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn blocks_of(viewer: Uuid) -> _ {
    let by_account = blocks::blocker_id.eq(accounts::id);
    let of_viewer = blocks::blocked_id.eq(viewer);
    blocks::table.filter(by_account.and(of_viewer))
}

/// Finds an account, unless it has blocked the viewer: one statement, one row.
pub(crate) async fn find(pool: &Pool, id: Uuid, viewer: Option<Uuid>) -> Result<Option<Account>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let viewer = viewer.unwrap_or_default();
    let found = accounts::table.find(id).filter(not(exists(blocks_of(viewer)))).select(Row::as_select());
    let row: Option<Row> = found.first(&mut conn).await.optional()?;
    Ok(row.map(Account::from))
}

/// Finds the accounts among `ids` that have not blocked the viewer, in no order.
pub(crate) async fn find_all(pool: &Pool, ids: &[Uuid], viewer: Option<Uuid>) -> Result<Vec<Account>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let viewer = viewer.unwrap_or_default();
    let found = accounts::table
        .filter(accounts::id.eq_any(ids))
        .filter(not(exists(blocks_of(viewer))))
        .select(Row::as_select());
    let rows: Vec<Row> = found.load(&mut conn).await?;
    Ok(rows.into_iter().map(Account::from).collect())
}

/// Makes an account with an empty profile; one that is there already stays as it is.
pub(crate) async fn insert(pool: &Pool, registration: &Registration) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
        insert_account(conn, registration).await?;
        diesel::insert_into(profiles::table)
            .values(profiles::account_id.eq(registration.id))
            .on_conflict_do_nothing()
            .execute(conn)
            .await
    })
    .await?;
    Ok(())
}

async fn insert_account(conn: &mut AsyncPgConnection, registration: &Registration) -> QueryResult<usize> {
    let common = (
        accounts::id.eq(registration.id),
        accounts::email.eq(&registration.email),
        accounts::created_at.eq(registration.created_at),
    );
    let insert = diesel::insert_into(accounts::table);
    match &registration.owner {
        RegisteredOwner::User { first_name, birthday } => {
            let user = (
                accounts::account_type.eq(USER),
                accounts::first_name.eq(first_name),
                accounts::birthday.eq(birthday),
                accounts::email_notifications.eq(false),
            );
            insert.values((common, user)).on_conflict_do_nothing().execute(conn).await
        }
        RegisteredOwner::Organization { preferred_name, is_nonprofit } => {
            let organization = (
                accounts::account_type.eq(ORGANIZATION),
                accounts::preferred_name.eq(preferred_name),
                accounts::is_nonprofit.eq(is_nonprofit),
                accounts::email_notifications.eq(true),
            );
            insert.values((common, organization)).on_conflict_do_nothing().execute(conn).await
        }
    }
}

/// The accounts among `ids` that exist, of one type or of any.
pub(super) async fn existing(
    conn: &mut AsyncPgConnection,
    ids: &[Uuid],
    account_type: Option<&str>,
) -> QueryResult<Vec<Uuid>> {
    let mut existing = accounts::table.filter(accounts::id.eq_any(ids)).select(accounts::id).into_boxed();
    if let Some(account_type) = account_type {
        existing = existing.filter(accounts::account_type.eq(account_type.to_owned()));
    }
    existing.load(conn).await
}
