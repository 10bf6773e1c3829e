//! Messages that were put aside as dead, for operators.

use chrono::{DateTime, Utc};
use connectus_proto::common::v1::DeadMessage;
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, dsl::sql, sql_types::Text};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::outbox;
use crate::{
    fields::{self, FieldError},
    page::Page,
    store::{self, Pool, StoreError},
    time::to_timestamp,
};

/// How many messages are requeued by their ids at once.
const MOST_REQUEUED: usize = 200;

type Row = (Uuid, String, DateTime<Utc>, i32, Option<String>);

/// Lists dead messages, newest first, with the next page's token.
pub async fn list(pool: &Pool, page: Page) -> Result<(Vec<DeadMessage>, String), StoreError> {
    let mut conn = store::connection(pool).await?;
    let older = outbox::dead.and(outbox::id.lt(page.before.unwrap_or(Uuid::max())));
    let kind = sql::<Text>("coalesce(payload->>'kind', '')");
    let mut rows: Vec<Row> = outbox::table
        .filter(older)
        .order(outbox::id.desc())
        .limit(page.size + 1)
        .select((outbox::id, kind, outbox::created_at, outbox::attempts, outbox::last_error))
        .load(&mut conn)
        .await?;
    let next = page.cut(&mut rows, |row| row.0);
    let messages = rows.into_iter().map(|(id, kind, created_at, attempts, last_error)| DeadMessage {
        id: id.to_string(),
        kind,
        create_time: Some(to_timestamp(created_at)),
        attempts,
        last_error: last_error.unwrap_or_default(),
    });
    Ok((messages.collect(), next))
}

/// Reads the ids of messages that are to be requeued.
pub fn ids(ids: &[String]) -> Result<Vec<Uuid>, FieldError> {
    const FIELD: &str = "message_ids";
    fields::list(FIELD, ids.len(), MOST_REQUEUED)?;
    ids.iter().map(|id| fields::id(FIELD, id)).collect()
}

/// Gives dead messages, all or some, another chance for as long as any other has. Tells how many there were.
pub async fn requeue(pool: &Pool, ids: &[Uuid]) -> Result<usize, StoreError> {
    let mut conn = store::connection(pool).await?;
    let now = Utc::now();
    // A message gives up so long after it was written: it is as good as written now.
    let again = (outbox::dead.eq(false), outbox::due_at.eq(now), outbox::created_at.eq(now), outbox::attempts.eq(0));
    let requeued = if ids.is_empty() {
        diesel::update(outbox::table.filter(outbox::dead)).set(again).execute(&mut conn).await?
    } else {
        diesel::update(outbox::table.filter(outbox::dead.and(outbox::id.eq_any(ids))))
            .set(again)
            .execute(&mut conn)
            .await?
    };
    Ok(requeued)
}
