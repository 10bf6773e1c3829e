//! Reads what is known before a batch, as far as its items are about it.

use std::collections::{HashMap, HashSet};

use diesel::{
    QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Jsonb, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::{
    batch::{ActivityKey, Batch, Record, RecordKey},
    handle::{Handle, Kind},
    item::{Item, ItemKind},
    statements::Statements,
};

/// Reads what is known before.
pub(super) async fn batch(conn: &mut AsyncPgConnection, community_id: Uuid, items: &[Item]) -> QueryResult<Batch> {
    let records = records(conn, items).await?;
    let mut holders = holders(conn, community_id, items).await?;
    let members = records.values().map(|record| record.member_id);
    let members = members.chain(holders.values().flatten().map(|(_, member_id)| *member_id)).collect();
    let separated = separated(conn, members).await?;
    let mut batch = Batch::default();
    batch.activities = activities(conn, items).await?;
    for record in records.values() {
        for handle in &record.old_handles {
            let of_handle = holders.entry(handle.clone()).or_default();
            if !of_handle.iter().any(|(id, _)| *id == record.id) {
                of_handle.push((record.id, record.member_id));
            }
        }
    }
    (batch.records, batch.holders, batch.separated) = (records, holders, separated);
    Ok(batch)
}

#[derive(QueryableByName)]
struct RecordRow {
    #[diesel(sql_type = BigInt)]
    source_id: i64,
    #[diesel(sql_type = Text)]
    external_id: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    member_id: Uuid,
    #[diesel(sql_type = Jsonb)]
    statements: Value,
}

const RECORDS: &str = "SELECT r.source_id, r.external_id, r.id, r.member_id, r.statements FROM records r \
    JOIN unnest($1, $2) AS k (source_id, external_id) USING (source_id, external_id)";

async fn records(conn: &mut AsyncPgConnection, items: &[Item]) -> QueryResult<HashMap<RecordKey, Record>> {
    let keys: HashSet<(i64, &str)> = items.iter().map(Item::record_key).collect();
    let (sources, ids): (Vec<i64>, Vec<&str>) = keys.into_iter().unzip();
    let query = diesel::sql_query(RECORDS).bind::<Array<BigInt>, _>(sources).bind::<Array<Text>, _>(ids);
    let rows: Vec<RecordRow> = query.load(conn).await?;
    rows.into_iter()
        .map(|row| {
            let statements: Statements = serde_json::from_value(row.statements)
                .map_err(|error| diesel::result::Error::DeserializationError(error.into()))?;
            Ok(((row.source_id, row.external_id), Record::old(row.id, row.member_id, statements)))
        })
        .collect()
}

#[derive(QueryableByName)]
struct HolderRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    value: String,
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    member_id: Uuid,
}

/// Of the many records that may have a handle the first ones tell as much as all: they are of one member, but for those whom
/// somebody has told apart.
const HOLDERS: &str = "SELECT k.kind, k.value, h.record_id, r.member_id FROM unnest($2, $3) AS k (kind, value) \
    CROSS JOIN LATERAL (SELECT record_id FROM handles h WHERE h.community_id = $1 AND h.kind = k.kind AND h.value = k.value \
        ORDER BY record_id LIMIT 50) AS h \
    JOIN records r ON r.id = h.record_id";

async fn holders(
    conn: &mut AsyncPgConnection,
    community_id: Uuid,
    items: &[Item],
) -> QueryResult<HashMap<Handle, Vec<(Uuid, Uuid)>>> {
    let handles: HashSet<Handle> = items.iter().flat_map(said_handles).collect();
    let (kinds, values): (Vec<&str>, Vec<&str>) =
        handles.iter().map(|handle| (handle.kind.name(), handle.value.as_str())).unzip();
    let query = diesel::sql_query(HOLDERS).bind::<SqlUuid, _>(community_id);
    let rows: Vec<HolderRow> = query.bind::<Array<Text>, _>(kinds).bind::<Array<Text>, _>(values).load(conn).await?;
    let mut holders: HashMap<Handle, Vec<(Uuid, Uuid)>> = HashMap::new();
    for row in rows {
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == row.kind);
        if let Some(kind) = kind {
            holders.entry(Handle { kind, value: row.value }).or_default().push((row.record_id, row.member_id));
        }
    }
    Ok(holders)
}

/// The handles that an item speaks of.
fn said_handles(item: &Item) -> Vec<Handle> {
    let mut statements = Statements::default();
    statements.note(&item.user().said, 0);
    Handle::all(&statements)
}

#[derive(QueryableByName)]
struct Pair {
    #[diesel(sql_type = SqlUuid)]
    member_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    other_id: Uuid,
}

const SEPARATED: &str = "SELECT member_id, other_id FROM separations WHERE member_id = ANY ($1) \
    UNION SELECT member_id, other_id FROM separations WHERE other_id = ANY ($1)";

async fn separated(conn: &mut AsyncPgConnection, members: HashSet<Uuid>) -> QueryResult<HashSet<(Uuid, Uuid)>> {
    let members: Vec<Uuid> = members.into_iter().collect();
    let pairs: Vec<Pair> = diesel::sql_query(SEPARATED).bind::<Array<SqlUuid>, _>(members).load(conn).await?;
    Ok(pairs.into_iter().map(|pair| (pair.member_id, pair.other_id)).collect())
}

#[derive(QueryableByName)]
struct ActivityRow {
    #[diesel(sql_type = BigInt)]
    source_id: i64,
    #[diesel(sql_type = Text)]
    external_id: String,
    #[diesel(sql_type = Text)]
    activity_type: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    record_id: Uuid,
}

const ACTIVITIES: &str = "SELECT a.source_id, a.external_id, a.activity_type, a.id, a.record_id FROM activities a \
    JOIN unnest($1, $2, $3) AS k (source_id, external_id, activity_type) USING (source_id, external_id, activity_type)";

async fn activities(conn: &mut AsyncPgConnection, items: &[Item]) -> QueryResult<HashMap<ActivityKey, (Uuid, Uuid)>> {
    let (mut sources, mut ids, mut types) = (Vec::new(), Vec::new(), Vec::new());
    for item in items {
        if let ItemKind::Activity(activity) = &item.said {
            sources.push(item.source_id);
            ids.push(activity.id.as_str());
            types.push(activity.activity_type.as_str());
        }
    }
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = diesel::sql_query(ACTIVITIES).bind::<Array<BigInt>, _>(sources);
    let rows: Vec<ActivityRow> = query.bind::<Array<Text>, _>(ids).bind::<Array<Text>, _>(types).load(conn).await?;
    let key = |row: &ActivityRow| (row.source_id, row.external_id.clone(), row.activity_type.clone());
    Ok(rows.iter().map(|row| (key(row), (row.id, row.record_id))).collect())
}
