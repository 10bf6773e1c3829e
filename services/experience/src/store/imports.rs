//! Experiences that are taken over from the former system.

use connectus_platform::store::{self, Pool, StoreError};
use diesel_async::RunQueryDsl;

use super::{rows::Row, schema::experiences};
use crate::domain::experience::Experience;

/// Writes down experiences; those that are there already stay as they are. Answers how many were new.
pub(crate) async fn insert(pool: &Pool, imported: &[Experience]) -> Result<usize, StoreError> {
    let mut conn = store::connection(pool).await?;
    let rows: Vec<Row> = imported.iter().map(Row::from).collect();
    let insert = diesel::insert_into(experiences::table).values(rows).on_conflict_do_nothing();
    Ok(insert.execute(&mut conn).await?)
}
