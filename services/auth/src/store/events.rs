//! What happened to the security of accounts. Rows are only added.

use chrono::{DateTime, Utc};
use connectus_platform::{
    page::Page,
    store::{self, Pool, StoreError},
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper,
    dsl::exists,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::schema::security_events;
use crate::domain::event::{Event, EventKind, PastEvent};

#[derive(Queryable, Selectable)]
#[diesel(table_name = security_events)]
struct Row {
    id: Uuid,
    account_id: Option<Uuid>,
    kind: String,
    created_at: DateTime<Utc>,
    client_address: String,
    device: String,
    operator: String,
    detail: String,
}

impl From<Row> for PastEvent {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            account_id: row.account_id,
            kind: EventKind::of_name(&row.kind),
            created_at: row.created_at,
            client_address: row.client_address,
            device: row.device,
            operator: row.operator,
            detail: row.detail,
        }
    }
}

/// Writes down what happens by itself, not with a change.
pub(crate) async fn record(pool: &Pool, event: &Event) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    Ok(insert(&mut conn, event).await?)
}

/// Writes down what a message tells of, once, however often it is delivered.
pub(crate) async fn record_once(pool: &Pool, message_id: Uuid, event: &Event) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    Ok(insert_with(&mut conn, message_id, event).await?)
}

/// Writes down what happens, in the transaction in which it does.
pub(super) async fn insert(conn: &mut AsyncPgConnection, event: &Event) -> QueryResult<()> {
    insert_with(conn, Uuid::now_v7(), event).await
}

async fn insert_with(conn: &mut AsyncPgConnection, id: Uuid, event: &Event) -> QueryResult<()> {
    let values = (
        security_events::id.eq(id),
        security_events::account_id.eq(event.account_id),
        security_events::kind.eq(event.kind.name()),
        security_events::client_address.eq(event.client.address_text()),
        security_events::device.eq(&event.client.device),
        security_events::operator.eq(&event.operator),
        security_events::detail.eq(&event.detail),
    );
    diesel::insert_into(security_events::table).values(values).on_conflict_do_nothing().execute(conn).await?;
    Ok(())
}

/// Whether there was an account that was deleted since.
pub(super) async fn was_deleted(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<bool> {
    let deleted = security_events::account_id.eq(account_id).and(security_events::kind.eq(EventKind::Deleted.name()));
    diesel::select(exists(security_events::table.filter(deleted))).get_result(conn).await
}

/// Lists what happened to an account, or to all, newest first, with one more than the page has.
pub(crate) async fn list(pool: &Pool, account_id: Option<Uuid>, page: Page) -> Result<Vec<PastEvent>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let older = security_events::id.lt(page.before.unwrap_or(Uuid::max()));
    let listed = security_events::table.filter(older).order(security_events::id.desc()).limit(page.size + 1);
    let mut listed = listed.select(Row::as_select()).into_boxed();
    if let Some(account_id) = account_id {
        listed = listed.filter(security_events::account_id.eq(account_id));
    }
    let rows: Vec<Row> = listed.load(&mut conn).await?;
    Ok(rows.into_iter().map(PastEvent::from).collect())
}

/// Takes what is personal out of the events of an account that is deleted: the database allows that of no other.
pub(super) async fn anonymize(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<()> {
    let of_account = security_events::table.filter(security_events::account_id.eq(account_id));
    let nothing =
        (security_events::client_address.eq(""), security_events::device.eq(""), security_events::detail.eq(""));
    diesel::update(of_account).set(nothing).execute(conn).await?;
    Ok(())
}
