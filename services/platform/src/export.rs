//! What a service holds about an account, for the account's owner: whole rows of its tables, so that nothing is forgotten.

use connectus_proto::common::v1::ExportedRecord;
use diesel::{
    QueryableByName,
    sql_types::{Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::store::{self, Pool, StoreError};

/// A table, and the statement that selects what of it is an account's (`$1`), each row as JSON in a column `json`.
pub type Source = (&'static str, &'static str);

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    json: String,
}

/// Reads everything of an account from the sources.
pub async fn records(pool: &Pool, sources: &[Source], account_id: Uuid) -> Result<Vec<ExportedRecord>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let mut records = Vec::new();
    for (kind, sql) in sources {
        let rows: Vec<Row> = diesel::sql_query(*sql).bind::<SqlUuid, _>(account_id).load(&mut conn).await?;
        records.extend(rows.into_iter().map(|row| ExportedRecord { kind: (*kind).to_owned(), json: row.json }));
    }
    Ok(records)
}
