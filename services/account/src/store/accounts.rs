//! Accounts.

use chrono::{DateTime, NaiveDate, Utc};
use connectus_platform::{
    fields::FieldError,
    store::{self, Connection, Pool, StoreError},
};
use connectus_proto::common::v1::AccountType;
use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, QueryResult,
    Queryable, Selectable, SelectableHelper,
    dsl::{AsSelect, exists, not},
    pg::Pg,
    sql_types::Uuid as SqlUuid,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    notes,
    schema::{accounts, blocks, connections, profiles},
    volunteers,
};
use crate::domain::{
    Error,
    account::{Account, Gender, Organization, Owner, User},
    note::Note,
    registration::{RegisteredOwner, Registration},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub(super) struct Row {
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
    opportunity_ids: Vec<Uuid>,
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        let owner = if row.account_type == ORGANIZATION {
            Owner::Organization(Organization {
                preferred_name: row.preferred_name,
                is_verified: row.is_verified,
                opportunity_ids: row.opportunity_ids,
            })
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

/// The columns that an account's owner can change.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = accounts, treat_none_as_null = true)]
pub(super) struct Changeable {
    avatar_url: String,
    header_url: String,
    first_name: String,
    middle_name: String,
    last_name: String,
    birthday: Option<NaiveDate>,
    gender: &'static str,
    preferred_name: String,
    is_verified: bool,
}

impl From<&Account> for Changeable {
    fn from(account: &Account) -> Self {
        let (avatar_url, header_url) = (account.avatar_url.clone(), account.header_url.clone());
        match account.owner.clone() {
            Owner::User(user) => Self {
                avatar_url,
                header_url,
                first_name: user.first_name,
                middle_name: user.middle_name,
                last_name: user.last_name,
                birthday: user.birthday,
                gender: gender_name(user.gender),
                preferred_name: String::new(),
                is_verified: false,
            },
            Owner::Organization(Organization { preferred_name, is_verified, .. }) => Self {
                avatar_url,
                header_url,
                first_name: String::new(),
                middle_name: String::new(),
                last_name: String::new(),
                birthday: None,
                gender: gender_name(Gender::Unsaid),
                preferred_name,
                is_verified,
            },
        }
    }
}

/// How the database spells the account types.
pub(super) const USER: &str = "user";
pub(super) const ORGANIZATION: &str = "organization";

/// An account type as the database spells it.
pub(super) fn account_type(name: &str) -> AccountType {
    if name == ORGANIZATION { AccountType::Organization } else { AccountType::User }
}

fn gender(name: &str) -> Gender {
    match name {
        "male" => Gender::Male,
        "female" => Gender::Female,
        "other" => Gender::Other,
        _ => Gender::Unsaid,
    }
}

fn gender_name(gender: Gender) -> &'static str {
    match gender {
        Gender::Unsaid => "",
        Gender::Male => "male",
        Gender::Female => "female",
        Gender::Other => "other",
    }
}

/// The blocks of a viewer by the account of the outer query. Nobody is the nil id, which no account has blocked.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn blocks_of(viewer: Uuid) -> _ {
    let by_account = blocks::blocker_id.eq(accounts::id);
    let of_viewer = blocks::blocked_id.eq(viewer);
    blocks::table.filter(by_account.and(of_viewer))
}

diesel::define_sql_function! {
    /// The lesser of two ids.
    fn least(one: SqlUuid, other: SqlUuid) -> SqlUuid;
}
diesel::define_sql_function! {
    /// The greater of two ids.
    fn greatest(one: SqlUuid, other: SqlUuid) -> SqlUuid;
}

/// The connection of a viewer with the account of the outer query: one row at most, found by its key.
#[diesel::dsl::auto_type]
pub(super) fn connections_of(viewer: Uuid) -> _ {
    let low = connections::low_id.eq(least(accounts::id, viewer));
    let high = connections::high_id.eq(greatest(accounts::id, viewer));
    connections::table.filter(low.and(high))
}

/// An account, and whether it is connected with the viewer that it was selected for.
pub(super) type Seen = (Row, bool);

/// The account as that viewer may see it.
pub(super) fn shown((row, is_connected): Seen, viewer: Option<Uuid>) -> Account {
    Account::from(row).seen_by(viewer, is_connected)
}

/// What is selected of an account for a viewer, as a [`Seen`]; nobody is the nil id.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn seen(viewer: Uuid) -> _ {
    let row: AsSelect<Row, Pg> = Row::as_select();
    let connection: connections_of = connections_of(viewer);
    (row, exists(connection))
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

/// Changes an account while nobody else does, tells communities of a person, and returns it.
pub(crate) async fn update(
    pool: &Pool,
    id: Uuid,
    change: impl FnOnce(&mut Account) -> Result<(), FieldError> + Send,
) -> Result<Account, Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let locked = accounts::table.find(id).select(Row::as_select()).for_no_key_update();
        let row: Option<Row> = locked.first(conn).await.optional()?;
        let mut account = Account::from(row.ok_or(Error::AccountNotFound)?);
        change(&mut account)?;
        diesel::update(accounts::table.find(id)).set(Changeable::from(&account)).execute(conn).await?;
        if matches!(account.owner, Owner::User(_)) {
            volunteers::refresh(conn, id).await?;
        }
        Ok(account)
    })
    .await
}

/// Gives an account the address of a change that is newer than the last one it got, and tells communities. Answers whether there
/// is such an account.
pub(crate) async fn set_email(pool: &Pool, id: Uuid, email: &str, version: i32) -> Result<bool, StoreError> {
    let mut conn = store::connection(pool).await?;
    let is_there = conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
        let older = accounts::table.find(id).filter(accounts::email_version.lt(version));
        let values = (accounts::email.eq(email), accounts::email_version.eq(version));
        if diesel::update(older).set(values).execute(conn).await? == 0 {
            return exists_on(conn, id).await;
        }
        volunteers::refresh(conn, id).await?;
        Ok(true)
    });
    Ok(is_there.await?)
}

/// Writes down whether operators vouch for an organization, with a note about it.
pub(crate) async fn verify(pool: &Pool, is_verified: bool, note: &Note) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let organization = accounts::table.find(note.account_id).filter(accounts::account_type.eq(ORGANIZATION));
        let update = diesel::update(organization).set(accounts::is_verified.eq(is_verified));
        if update.execute(conn).await? == 0 {
            return Err(Error::OrganizationNotFound);
        }
        notes::insert_on(conn, note).await
    })
    .await
}

/// Whether there is such an account.
pub(super) async fn exists_on(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    diesel::select(exists(accounts::table.find(id))).get_result(conn).await
}

/// Whether there is such an account, which has not blocked the viewer.
pub(super) async fn is_visible(conn: &mut AsyncPgConnection, id: Uuid, viewer: Option<Uuid>) -> QueryResult<bool> {
    let visible = accounts::table.find(id).filter(not(exists(blocks_of(viewer.unwrap_or_default()))));
    diesel::select(exists(visible)).get_result(conn).await
}

/// The accounts of these types among `ids` that exist, and will until the transaction ends.
pub(super) async fn existing(
    conn: &mut AsyncPgConnection,
    ids: &[Uuid],
    account_types: &[&str],
) -> QueryResult<Vec<Uuid>> {
    let wanted = accounts::id.eq_any(ids).and(accounts::account_type.eq_any(account_types));
    let existing = accounts::table.filter(wanted).order(accounts::id).select(accounts::id);
    existing.for_key_share().load(conn).await
}

/// The accounts among `ids` that exist, and will until the transaction ends, and have not blocked the viewer.
pub(super) async fn visible(conn: &mut AsyncPgConnection, ids: &[Uuid], viewer: Uuid) -> QueryResult<Vec<Uuid>> {
    let wanted = accounts::table.filter(accounts::id.eq_any(ids)).filter(not(exists(blocks_of(viewer))));
    wanted.order(accounts::id).select(accounts::id).for_key_share().load(conn).await
}

/// The accounts of these types among `ids` that exist, which nobody else changes or locks until the transaction ends. Others
/// may refer to them meanwhile.
pub(super) async fn lock(conn: &mut AsyncPgConnection, ids: &[Uuid], account_types: &[&str]) -> QueryResult<Vec<Uuid>> {
    let wanted = accounts::id.eq_any(ids).and(accounts::account_type.eq_any(account_types));
    let locked = accounts::table.filter(wanted).order(accounts::id).select(accounts::id);
    locked.for_no_key_update().load(conn).await
}
