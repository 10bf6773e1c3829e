//! Experiences that are taken over from the former system.

use connectus_platform::store::{self, Connection, Pool, StoreError};
use diesel_async::{AsyncConnection, RunQueryDsl};

use super::{confirmations, rows::Row, schema::experiences};
use crate::domain::experience::Experience;

/// Writes down experiences, and tells of those that are confirmed; those that are there already stay as they are. Answers how many
/// were new.
pub(crate) async fn insert(pool: &Pool, imported: &[Experience]) -> Result<usize, StoreError> {
    let mut conn = store::connection(pool).await?;
    let rows: Vec<Row> = imported.iter().map(Row::from).collect();
    let inserted = conn.transaction::<_, diesel::result::Error, _>(async |conn: &mut Connection| {
        let insert = diesel::insert_into(experiences::table).values(rows).on_conflict_do_nothing();
        let inserted = insert.execute(conn).await?;
        confirmations::tell(conn, imported).await?;
        Ok(inserted)
    });
    Ok(inserted.await?)
}
