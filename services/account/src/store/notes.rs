//! Operators' notes.

use chrono::{DateTime, Utc};
use connectus_platform::{
    page::Page,
    store::{self, Pool},
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper,
    result::{DatabaseErrorKind, Error as DieselError},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{accounts, schema::notes};
use crate::domain::{Error, note::Note};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = notes)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    text: String,
    operator: String,
    created_at: DateTime<Utc>,
}

impl From<Row> for Note {
    fn from(Row { id, account_id, text, operator, created_at }: Row) -> Self {
        Self { id, account_id, text, operator, created_at }
    }
}

impl From<&Note> for Row {
    fn from(note: &Note) -> Self {
        let Note { id, account_id, text, operator, created_at } = note.clone();
        Self { id, account_id, text, operator, created_at }
    }
}

/// Adds a note about an account that exists.
pub(crate) async fn insert(pool: &Pool, note: &Note) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    insert_on(&mut conn, note).await
}

pub(super) async fn insert_on(conn: &mut AsyncPgConnection, note: &Note) -> Result<(), Error> {
    match diesel::insert_into(notes::table).values(Row::from(note)).execute(conn).await {
        Ok(_) => Ok(()),
        Err(DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => Err(Error::AccountNotFound),
        Err(error) => Err(error.into()),
    }
}

/// Lists the notes about an account, newest first, with one more than the page has.
pub(crate) async fn list(pool: &Pool, account_id: Uuid, page: Page) -> Result<Vec<Note>, Error> {
    let mut conn = store::connection(pool).await?;
    let older = notes::account_id.eq(account_id).and(notes::id.lt(page.before.unwrap_or(Uuid::max())));
    let listed = notes::table.filter(older).order(notes::id.desc()).limit(page.size + 1);
    let rows: Vec<Row> = listed.select(Row::as_select()).load(&mut conn).await?;
    if rows.is_empty() && !accounts::exists_on(&mut conn, account_id).await? {
        return Err(Error::AccountNotFound);
    }
    Ok(rows.into_iter().map(Note::from).collect())
}
