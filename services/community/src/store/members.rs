//! What is known of members: one statement for all that a profile takes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use connectus_platform::{
    store::{self, Pool, StoreError},
    time::to_exact_timestamp,
};
use connectus_proto::community::v1::{CustomField, Member, MemberCustomField, Segment};
use diesel::{
    OptionalExtension, QueryableByName,
    sql_types::{Array, BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::Id;
use crate::domain::{
    Error, custom_field,
    handle::Handle,
    profile,
    statements::{self, Statements},
};

/// How many members who have one handle are shown.
const MOST_FOUND: i64 = 10;

/// A member, as the statements below read it.
#[derive(QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: Uuid,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    anonymized_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Array<Jsonb>)]
    statements: Vec<Value>,
    #[diesel(sql_type = BigInt)]
    activities_count: i64,
    #[diesel(sql_type = Timestamptz)]
    first_seen_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_active_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Array<Text>)]
    tags: Vec<String>,
    #[diesel(sql_type = Jsonb)]
    segments: Value,
    #[diesel(sql_type = Jsonb)]
    custom_fields: Value,
}

/// What a member is made of, of those whose ids `found` has. A member has as many records as sources know it, and more than
/// a thousand only where somebody makes mischief: of those, the first count.
macro_rules! members {
    ($found:literal) => {
        concat!(
            "WITH found AS (", $found, ") \
            SELECT m.id, m.anonymized_at, r.statements, r.activities_count, \
                least(m.created_at, r.first_at) AS first_seen_at, r.last_at AS last_active_at, \
                ARRAY(SELECT DISTINCT t.name FROM record_tags rt JOIN tags t ON t.id = rt.tag_id \
                    WHERE rt.record_id = ANY (r.ids) AND t.deleted_at IS NULL ORDER BY t.name) AS tags, \
                (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('id', s.id, 'name', s.name)), '[]') \
                    FROM segment_records sr JOIN segments s ON s.id = sr.segment_id \
                    WHERE sr.record_id = ANY (r.ids)) AS segments, \
                (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'kind', f.kind, \
                        'is_multivalue', f.is_multivalue, 'allowed_values', f.allowed_values) ORDER BY f.id), '[]') \
                    FROM custom_fields f WHERE f.community_id = m.community_id) AS custom_fields \
            FROM found JOIN members m ON m.id = found.id CROSS JOIN LATERAL ( \
                SELECT coalesce(array_agg(one.id), '{}') AS ids, coalesce(array_agg(one.statements), '{}') AS statements, \
                    coalesce(sum(one.activities_count), 0)::bigint AS activities_count, \
                    least(min(one.created_at), min(one.first_at)) AS first_at, max(one.last_at) AS last_at \
                FROM (SELECT id, statements, activities_count, created_at, \
                        (SELECT min(occurred_at) FROM activities WHERE record_id = records.id) AS first_at, \
                        (SELECT max(occurred_at) FROM activities WHERE record_id = records.id) AS last_at \
                    FROM records WHERE member_id = m.id ORDER BY id LIMIT 1000) AS one) AS r \
            ORDER BY m.id "
        )
    };
}
pub(super) use members;

const BY_HANDLE: &str = members!(
    "SELECT DISTINCT r.member_id AS id FROM handles h JOIN records r ON r.id = h.record_id \
        WHERE h.community_id = $1 AND h.kind = $2 AND h.value = $3 ORDER BY 1 LIMIT $4"
);

/// The members who have a handle, oldest first.
pub(super) async fn find_on(
    mut conn: &AsyncPgConnection,
    community_id: Uuid,
    handle: &Handle,
) -> Result<Vec<Member>, StoreError> {
    let find = diesel::sql_query(BY_HANDLE)
        .bind::<SqlUuid, _>(community_id)
        .bind::<Text, _>(handle.kind.name())
        .bind::<Text, _>(&handle.value)
        .bind::<BigInt, _>(MOST_FOUND);
    members_of(find.load(&mut conn).await?)
}

pub(super) fn members_of(rows: Vec<Row>) -> Result<Vec<Member>, StoreError> {
    let members: Result<Vec<Member>, serde_json::Error> = rows.into_iter().map(Row::member).collect();
    members.map_err(|error| StoreError::Internal(format!("a member cannot be read: {error}")))
}

#[derive(Deserialize)]
struct FieldJson {
    id: i64,
    name: String,
    kind: String,
    is_multivalue: bool,
    allowed_values: Vec<String>,
}

#[derive(Deserialize)]
struct SegmentJson {
    id: i64,
    name: String,
}

impl Row {
    fn member(self) -> Result<Member, serde_json::Error> {
        let sources: Result<Vec<Statements>, _> = self.statements.into_iter().map(serde_json::from_value).collect();
        let sources = sources?;
        let known = statements::known(&sources);
        let mut segments: Vec<SegmentJson> = serde_json::from_value(self.segments)?;
        segments.sort_unstable_by_key(|segment| segment.id);
        let segments = segments.into_iter().map(|SegmentJson { id, name }| Segment { id, name });
        Ok(Member {
            id: self.id.to_string(),
            profile: Some(profile::profile(&known)),
            activities_count: self.activities_count,
            first_seen_time: Some(to_exact_timestamp(self.first_seen_at)),
            last_active_time: self.last_active_at.map(to_exact_timestamp),
            tags: self.tags,
            segments: segments.collect(),
            custom_fields: custom_fields(serde_json::from_value(self.custom_fields)?, &known),
            anonymize_time: self.anonymized_at.map(to_exact_timestamp),
        })
    }
}

/// Those of a community's custom fields that something is known of.
fn custom_fields(fields: Vec<FieldJson>, known: &BTreeMap<&str, &Value>) -> Vec<MemberCustomField> {
    let of_member = |field: FieldJson| {
        let values = custom_field::values(known.get(custom_field::field_name(field.id).as_str())?);
        let FieldJson { id, name, kind, is_multivalue, allowed_values } = field;
        let kind = custom_field::kind_of(&kind).into();
        let field = CustomField { id, name, r#type: kind, is_multivalue, values: allowed_values };
        Some(MemberCustomField { field: Some(field), values })
    };
    fields.into_iter().filter_map(of_member).collect()
}

/// The record that what is said of a member is tied to: its first one.
pub(crate) struct Record {
    /// Its id.
    pub(crate) id: Uuid,
    /// Its source.
    pub(crate) source_id: i64,
    /// The source's own id of the person.
    pub(crate) external_id: String,
}

#[derive(QueryableByName)]
struct RecordRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    source_id: i64,
    #[diesel(sql_type = Text)]
    external_id: String,
}

const RECORD: &str = "SELECT r.id, r.source_id, r.external_id FROM records r WHERE r.member_id = \
        (SELECT r.member_id FROM handles h JOIN records r ON r.id = h.record_id \
         WHERE h.community_id = $1 AND h.kind = $2 AND h.value = $3 ORDER BY 1 LIMIT 1) \
    ORDER BY r.id LIMIT 1";

/// The first record of the oldest member who has a handle.
pub(super) async fn record(conn: &mut AsyncPgConnection, community_id: Uuid, handle: &Handle) -> Result<Record, Error> {
    let find = diesel::sql_query(RECORD).bind::<SqlUuid, _>(community_id).bind::<Text, _>(handle.kind.name());
    let row: Option<RecordRow> = find.bind::<Text, _>(&handle.value).get_result(conn).await.optional()?;
    let RecordRow { id, source_id, external_id } = row.ok_or(Error::MemberNotFound)?;
    Ok(Record { id, source_id, external_id })
}

/// The same with a connection of its own.
pub(crate) async fn find_record(pool: &Pool, community_id: Uuid, handle: &Handle) -> Result<Record, Error> {
    let mut conn = store::connection(pool).await?;
    record(&mut conn, community_id, handle).await
}

/// The ids of the members who have a handle.
pub(super) async fn ids(conn: &mut AsyncPgConnection, community_id: Uuid, handle: &Handle) -> Result<Vec<Uuid>, Error> {
    const IDS: &str = "SELECT DISTINCT r.member_id AS id FROM handles h JOIN records r ON r.id = h.record_id \
        WHERE h.community_id = $1 AND h.kind = $2 AND h.value = $3";
    let find = diesel::sql_query(IDS).bind::<SqlUuid, _>(community_id).bind::<Text, _>(handle.kind.name());
    let rows: Vec<Id> = find.bind::<Text, _>(&handle.value).load(conn).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
