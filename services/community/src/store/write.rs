//! Writes what a batch came to.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::{
    QueryResult,
    sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::{merges, tags};
use crate::domain::{
    activity::{Parent, Work},
    batch::{Batch, Record, RecordKey, Written},
    handle::Handle,
    tag::TagRef,
};

/// Writes it.
pub(super) async fn batch(conn: &mut AsyncPgConnection, community_id: Uuid, batch: &Batch) -> QueryResult<()> {
    insert_members(conn, community_id, &batch.new_members).await?;
    insert_records(conn, community_id, batch).await?;
    update_records(conn, batch).await?;
    rename(conn, community_id, batch).await?;
    for merge in &batch.merges {
        merges::merge(conn, community_id, merge).await?;
    }
    upsert_activities(conn, community_id, batch).await?;
    count(conn, batch).await?;
    put_tags(conn, community_id, batch).await
}

const INSERT_MEMBERS: &str =
    "INSERT INTO members (id, community_id, created_at) SELECT id, $1, now() FROM unnest($2) AS m (id)";

async fn insert_members(conn: &mut AsyncPgConnection, community_id: Uuid, ids: &[Uuid]) -> QueryResult<()> {
    if !ids.is_empty() {
        let insert = diesel::sql_query(INSERT_MEMBERS).bind::<SqlUuid, _>(community_id);
        insert.bind::<Array<SqlUuid>, _>(ids).execute(conn).await?;
    }
    Ok(())
}

const INSERT_RECORDS: &str = "INSERT INTO records (id, community_id, source_id, external_id, member_id, statements, created_at) \
    SELECT r.id, $1, r.source_id, r.external_id, r.member_id, r.statements, now() \
    FROM unnest($2, $3, $4, $5, $6) AS r (id, source_id, external_id, member_id, statements)";

async fn insert_records(conn: &mut AsyncPgConnection, community_id: Uuid, batch: &Batch) -> QueryResult<()> {
    let new: Vec<(&RecordKey, &Record)> = batch.records.iter().filter(|(_, record)| record.is_new).collect();
    if new.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = new.iter().map(|(_, record)| record.id).collect();
    let sources: Vec<i64> = new.iter().map(|(key, _)| key.0).collect();
    let external: Vec<&str> = new.iter().map(|(key, _)| key.1.as_str()).collect();
    let members: Vec<Uuid> = new.iter().map(|(_, record)| record.member_id).collect();
    diesel::sql_query(INSERT_RECORDS)
        .bind::<SqlUuid, _>(community_id)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<BigInt>, _>(sources)
        .bind::<Array<Text>, _>(external)
        .bind::<Array<SqlUuid>, _>(members)
        .bind::<Array<Jsonb>, _>(statements(new.iter().map(|(_, record)| *record))?)
        .execute(conn)
        .await?;
    Ok(())
}

const UPDATE_RECORDS: &str = "UPDATE records SET statements = r.statements \
    FROM unnest($1, $2) AS r (id, statements) WHERE records.id = r.id";

async fn update_records(conn: &mut AsyncPgConnection, batch: &Batch) -> QueryResult<()> {
    let changed: Vec<&Record> = batch.records.values().filter(|record| record.is_changed && !record.is_new).collect();
    if !changed.is_empty() {
        let ids: Vec<Uuid> = changed.iter().map(|record| record.id).collect();
        let update = diesel::sql_query(UPDATE_RECORDS).bind::<Array<SqlUuid>, _>(ids);
        update.bind::<Array<Jsonb>, _>(statements(changed)?).execute(conn).await?;
    }
    Ok(())
}

fn statements<'a>(records: impl IntoIterator<Item = &'a Record>) -> QueryResult<Vec<Value>> {
    let json = |record: &Record| serde_json::to_value(&record.statements);
    let all: Result<_, _> = records.into_iter().map(json).collect();
    all.map_err(|error| diesel::result::Error::SerializationError(error.into()))
}

const DELETE_HANDLES: &str = "DELETE FROM handles h USING unnest($2, $3, $4) AS k (kind, value, record_id) \
    WHERE h.community_id = $1 AND h.kind = k.kind AND h.value = k.value AND h.record_id = k.record_id";
const INSERT_HANDLES: &str = "INSERT INTO handles (community_id, kind, value, record_id) \
    SELECT $1, k.kind, k.value, k.record_id FROM unnest($2, $3, $4) AS k (kind, value, record_id)";

/// Writes by what records are known now.
async fn rename(conn: &mut AsyncPgConnection, community_id: Uuid, batch: &Batch) -> QueryResult<()> {
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for record in batch.records.values().filter(|record| record.is_changed) {
        let handles = record.handles();
        gone.extend(record.old_handles.difference(&handles).map(|handle| (handle.clone(), record.id)));
        new.extend(handles.difference(&record.old_handles).map(|handle| (handle.clone(), record.id)));
    }
    change_handles(conn, DELETE_HANDLES, community_id, &gone).await?;
    change_handles(conn, INSERT_HANDLES, community_id, &new).await
}

async fn change_handles(
    conn: &mut AsyncPgConnection,
    change: &'static str,
    community_id: Uuid,
    handles: &[(Handle, Uuid)],
) -> QueryResult<()> {
    if !handles.is_empty() {
        let change = diesel::sql_query(change)
            .bind::<SqlUuid, _>(community_id)
            .bind::<Array<Text>, _>(handles.iter().map(|(handle, _)| handle.kind.name()).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(handles.iter().map(|(handle, _)| handle.value.as_str()).collect::<Vec<_>>());
        change.bind::<Array<SqlUuid>, _>(handles.iter().map(|(_, id)| *id).collect::<Vec<_>>()).execute(conn).await?;
    }
    Ok(())
}

/// What a source does not say again stays as it was: when it was done.
const UPSERT_ACTIVITIES: &str = "INSERT INTO activities AS old (id, community_id, source_id, external_id, activity_type, \
        record_id, title, content, is_markdown, occurred_at, url, parent_external_id, parent_activity_type, sub_source, \
        hours, begins, ends) \
    SELECT n.id, $1, n.source_id, n.external_id, n.activity_type, n.record_id, n.title, n.content, n.is_markdown, \
        coalesce(n.occurred_at, n.told_at), n.url, n.parent_id, n.parent_type, n.sub_source, \
        n.hours, n.begins, n.ends \
    FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) AS n (id, source_id, external_id, activity_type, \
        record_id, title, content, is_markdown, occurred_at, told_at, url, parent_id, parent_type, sub_source, hours, begins, ends) \
    ON CONFLICT ON CONSTRAINT activities_external_id DO UPDATE SET record_id = excluded.record_id, title = excluded.title, \
        content = excluded.content, is_markdown = excluded.is_markdown, url = excluded.url, \
        occurred_at = coalesce((SELECT n.occurred_at FROM unnest($2, $10) AS n (id, occurred_at) WHERE n.id = old.id), \
            old.occurred_at), \
        parent_external_id = excluded.parent_external_id, parent_activity_type = excluded.parent_activity_type, \
        sub_source = excluded.sub_source, hours = excluded.hours, begins = excluded.begins, ends = excluded.ends";

async fn upsert_activities(conn: &mut AsyncPgConnection, community_id: Uuid, batch: &Batch) -> QueryResult<()> {
    let mut written: Vec<(i64, &Written)> = batch.written.iter().map(|(key, written)| (key.0, written)).collect();
    if written.is_empty() {
        return Ok(());
    }
    // New ids come in the order in which they were told of, as lists do.
    written.sort_unstable_by_key(|(_, written)| written.id);
    let all = |text: fn(&Written) -> &str| written.iter().map(|(_, written)| text(written)).collect::<Vec<&str>>();
    let works = |text: fn(&Work) -> &str| {
        let works = written.iter().map(|(_, written)| written.activity.work.as_ref().map(text));
        works.collect::<Vec<Option<&str>>>()
    };
    let parents = |text: fn(&Parent) -> &str| {
        let parents = written.iter().map(|(_, written)| written.activity.parent.as_ref().map(text));
        parents.collect::<Vec<Option<&str>>>()
    };
    diesel::sql_query(UPSERT_ACTIVITIES)
        .bind::<SqlUuid, _>(community_id)
        .bind::<Array<SqlUuid>, _>(written.iter().map(|(_, written)| written.id).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(written.iter().map(|(source_id, _)| *source_id).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(all(|written| &written.activity.id))
        .bind::<Array<Text>, _>(all(|written| &written.activity.activity_type))
        .bind::<Array<SqlUuid>, _>(written.iter().map(|(_, written)| written.record_id).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(all(|written| &written.activity.title))
        .bind::<Array<Text>, _>(all(|written| &written.activity.content))
        .bind::<Array<Bool>, _>(written.iter().map(|(_, written)| written.activity.is_markdown).collect::<Vec<_>>())
        .bind::<Array<Nullable<Timestamptz>>, _>(
            written.iter().map(|(_, written)| written.activity.occurred_at).collect::<Vec<Option<DateTime<Utc>>>>(),
        )
        .bind::<Array<Timestamptz>, _>(written.iter().map(|(_, written)| written.told_at).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(all(|written| &written.activity.url))
        .bind::<Array<Nullable<Text>>, _>(parents(|parent| &parent.id))
        .bind::<Array<Nullable<Text>>, _>(parents(|parent| &parent.activity_type))
        .bind::<Array<Text>, _>(all(|written| &written.activity.sub_source))
        .bind::<Array<Nullable<Integer>>, _>(
            written
                .iter()
                .map(|(_, written)| Some(written.activity.work.as_ref()?.hours))
                .collect::<Vec<Option<i32>>>(),
        )
        .bind::<Array<Nullable<Text>>, _>(works(|work| &work.begin))
        .bind::<Array<Nullable<Text>>, _>(works(|work| &work.end))
        .execute(conn)
        .await?;
    Ok(())
}

const COUNT: &str = "UPDATE records SET activities_count = activities_count + c.more FROM unnest($1, $2) AS c (id, more) \
    WHERE records.id = c.id";

/// Counts the activities of records.
async fn count(conn: &mut AsyncPgConnection, batch: &Batch) -> QueryResult<()> {
    let mut more: BTreeMap<Uuid, i64> = BTreeMap::new();
    for written in batch.written.values() {
        *more.entry(written.record_id).or_default() += 1;
        if let Some(old) = written.old_record_id {
            *more.entry(old).or_default() -= 1;
        }
    }
    more.retain(|_, more| *more != 0);
    if !more.is_empty() {
        let (ids, more): (Vec<Uuid>, Vec<i64>) = more.into_iter().unzip();
        let update = diesel::sql_query(COUNT).bind::<Array<SqlUuid>, _>(ids);
        update.bind::<Array<BigInt>, _>(more).execute(conn).await?;
    }
    Ok(())
}

/// Puts tags on records and on activities.
async fn put_tags(conn: &mut AsyncPgConnection, community_id: Uuid, batch: &Batch) -> QueryResult<()> {
    let (on_records, on_activities) = (&batch.record_tags, &batch.activity_tags);
    if on_records.is_empty() && on_activities.is_empty() {
        return Ok(());
    }
    let all: HashSet<&TagRef> = on_records.iter().chain(on_activities).map(|(_, tag)| tag).collect();
    let ids = tags::resolve(conn, community_id, &all).await?;
    tags::put_on_records(conn, &pairs(on_records, &ids)).await?;
    tags::put_on_activities(conn, &pairs(on_activities, &ids)).await
}

fn pairs(tagged: &HashSet<(Uuid, TagRef)>, ids: &HashMap<TagRef, Uuid>) -> Vec<(Uuid, Uuid)> {
    tagged.iter().filter_map(|(on, tag)| Some((*on, *ids.get(tag)?))).collect()
}
