//! What a community's data is made of, and how that is added to.

use connectus_platform::{
    fields::FieldError,
    idempotency,
    store::{self, Connection, Pool, StoreError, unique_violation},
};
use connectus_proto::community::v1::{
    ActivityType, CommunityStructure, CreateActivityTypeResponse, CreateCustomFieldResponse, CreateSegmentResponse,
    CreateSourceResponse, CustomField, Segment, SegmentStatus, SegmentStructure, Source,
};
use diesel::{
    QueryResult, QueryableByName,
    result::Error as DieselError,
    sql_types::{Array, BigInt, Bool, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Named, Number, hold};
use crate::domain::{
    Error, custom_field,
    structure::{CONNECTUS, MOST_ACTIVITY_TYPES, MOST_CUSTOM_FIELDS, MOST_SEGMENTS, MOST_SOURCES, NewCustomField},
};

#[derive(QueryableByName)]
struct FieldRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    is_multivalue: bool,
    #[diesel(sql_type = Array<Text>)]
    allowed_values: Vec<String>,
}

impl From<FieldRow> for CustomField {
    fn from(row: FieldRow) -> Self {
        let kind = custom_field::kind_of(&row.kind).into();
        let (is_multivalue, values) = (row.is_multivalue, row.allowed_values);
        Self { id: row.id, name: row.name, r#type: kind, is_multivalue, values }
    }
}

#[derive(QueryableByName)]
struct TypeRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    display_name: String,
}

#[derive(QueryableByName)]
struct StatusRow {
    #[diesel(sql_type = BigInt)]
    segment_id: i64,
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    name: String,
}

const SOURCES: &str = "SELECT id, name FROM sources WHERE community_id = $1 ORDER BY id";
const FIELDS: &str =
    "SELECT id, name, kind, is_multivalue, allowed_values FROM custom_fields WHERE community_id = $1 ORDER BY id";
const TYPES: &str = "SELECT id, display_name FROM activity_types WHERE community_id = $1 ORDER BY id";
const SEGMENTS: &str = "SELECT id, name FROM segments WHERE community_id = $1 ORDER BY id";
const STATUSES: &str = "SELECT t.segment_id, t.id, t.name FROM segment_statuses t JOIN segments s ON s.id = t.segment_id \
    WHERE s.community_id = $1 ORDER BY t.id";

/// Lists a community's custom fields.
pub(crate) async fn custom_fields(pool: &Pool, community_id: Uuid) -> Result<Vec<CustomField>, StoreError> {
    let mut conn = store::connection(pool).await?;
    Ok(custom_fields_on(&mut conn, community_id).await?)
}

async fn custom_fields_on(conn: &mut AsyncPgConnection, community_id: Uuid) -> QueryResult<Vec<CustomField>> {
    let rows: Vec<FieldRow> = diesel::sql_query(FIELDS).bind::<SqlUuid, _>(community_id).load(conn).await?;
    Ok(rows.into_iter().map(CustomField::from).collect())
}

/// Lists a community's activity types.
pub(crate) async fn activity_types(pool: &Pool, community_id: Uuid) -> Result<Vec<ActivityType>, StoreError> {
    let mut conn = store::connection(pool).await?;
    Ok(activity_types_on(&mut conn, community_id).await?)
}

async fn activity_types_on(conn: &mut AsyncPgConnection, community_id: Uuid) -> QueryResult<Vec<ActivityType>> {
    let rows: Vec<TypeRow> = diesel::sql_query(TYPES).bind::<SqlUuid, _>(community_id).load(conn).await?;
    Ok(rows.into_iter().map(|TypeRow { id, display_name }| ActivityType { id, display_name }).collect())
}

/// Refuses an activity type that a community does not have.
pub(crate) async fn require_activity_type(pool: &Pool, community_id: Uuid, id: &str) -> Result<(), Error> {
    const COUNT: &str = "SELECT count(*) AS number FROM activity_types WHERE community_id = $1 AND id = $2";
    let mut conn = store::connection(pool).await?;
    let count = diesel::sql_query(COUNT).bind::<SqlUuid, _>(community_id).bind::<Text, _>(id);
    let found = count.get_result::<Number>(&mut conn).await?.number > 0;
    found.then_some(()).ok_or_else(|| FieldError::new("activity_type", "is no type of the community").into())
}

/// All that a community's data is made of.
pub(crate) async fn read(pool: &Pool, community_id: Uuid) -> Result<CommunityStructure, StoreError> {
    let mut conn = store::connection(pool).await?;
    let conn = &mut conn;
    let sources: Vec<Named> = diesel::sql_query(SOURCES).bind::<SqlUuid, _>(community_id).load(conn).await?;
    let segments: Vec<Named> = diesel::sql_query(SEGMENTS).bind::<SqlUuid, _>(community_id).load(conn).await?;
    let statuses: Vec<StatusRow> = diesel::sql_query(STATUSES).bind::<SqlUuid, _>(community_id).load(conn).await?;
    let segment = |Named { id, name }| SegmentStructure {
        segment: Some(Segment { id, name }),
        statuses: statuses
            .iter()
            .filter(|status| status.segment_id == id)
            .map(|status| SegmentStatus { id: status.id, name: status.name.clone() })
            .collect(),
    };
    Ok(CommunityStructure {
        sources: sources.into_iter().map(|Named { id, name }| Source { id, name }).collect(),
        custom_fields: custom_fields_on(conn, community_id).await?,
        segments: segments.into_iter().map(segment).collect(),
        activity_types: activity_types_on(conn, community_id).await?,
    })
}

/// Whether a community has a source that others may speak for.
pub(crate) async fn has_source(pool: &Pool, community_id: Uuid, source_id: i64) -> Result<bool, StoreError> {
    const COUNT: &str =
        "SELECT count(*) AS number FROM sources WHERE community_id = $1 AND id = $2 AND NOT is_connectus";
    let mut conn = store::connection(pool).await?;
    let count = diesel::sql_query(COUNT).bind::<SqlUuid, _>(community_id).bind::<BigInt, _>(source_id);
    Ok(count.get_result::<Number>(&mut conn).await?.number > 0)
}

/// Refuses one more of what a community has many of.
pub(super) async fn require_room(
    conn: &mut AsyncPgConnection,
    count: &'static str,
    community_id: Uuid,
    most: i64,
) -> Result<(), Error> {
    let count: Number = diesel::sql_query(count).bind::<SqlUuid, _>(community_id).get_result(conn).await?;
    if count.number < most { Ok(()) } else { Err(Error::LimitReached) }
}

/// What another one of the same name comes to.
pub(super) fn taken(error: DieselError) -> Error {
    let names = ["sources_name", "custom_fields_name", "segments_name", "activity_types_id"];
    if unique_violation(&error).is_some_and(|constraint| names.contains(&constraint)) {
        Error::NameTaken
    } else {
        error.into()
    }
}

pub(super) const COUNT_SOURCES: &str = "SELECT count(*) AS number FROM sources WHERE community_id = $1";
const INSERT_SOURCE: &str = "INSERT INTO sources (community_id, name) VALUES ($1, $2) RETURNING id, name";

/// Makes a source.
pub(crate) async fn insert_source(pool: &Pool, community_id: Uuid, name: &str) -> Result<Source, Error> {
    let mut conn = store::connection(pool).await?;
    let made = conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        require_room(conn, COUNT_SOURCES, community_id, MOST_SOURCES).await?;
        let insert = diesel::sql_query(INSERT_SOURCE).bind::<SqlUuid, _>(community_id).bind::<Text, _>(name);
        let Named { id, name } = insert.get_result(conn).await.map_err(taken)?;
        let source = Source { id, name };
        idempotency::complete(conn, &CreateSourceResponse { source: Some(source.clone()) }).await?;
        Ok(source)
    });
    made.await
}

/// The id of the source of a name, which is made if there is none. The suite itself is no such source.
pub(crate) async fn source_named(pool: &Pool, community_id: Uuid, name: &str) -> Result<i64, Error> {
    const FIND: &str = "SELECT id, name FROM sources WHERE community_id = $1 AND lower(name) = lower($2)";
    if name.eq_ignore_ascii_case(CONNECTUS) {
        return Err(FieldError::new("source", "has the name of what ConnectUS says itself").into());
    }
    let mut conn = store::connection(pool).await?;
    let found = conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        let find = diesel::sql_query(FIND).bind::<SqlUuid, _>(community_id).bind::<Text, _>(name);
        if let Some(Named { id, .. }) = find.load(conn).await?.into_iter().next() {
            return Ok(id);
        }
        require_room(conn, COUNT_SOURCES, community_id, MOST_SOURCES).await?;
        let insert = diesel::sql_query(INSERT_SOURCE).bind::<SqlUuid, _>(community_id).bind::<Text, _>(name);
        Ok(insert.get_result::<Named>(conn).await?.id)
    });
    found.await
}

const COUNT_FIELDS: &str = "SELECT count(*) AS number FROM custom_fields WHERE community_id = $1";
const INSERT_FIELD: &str = "INSERT INTO custom_fields (community_id, name, kind, is_multivalue, allowed_values) \
    VALUES ($1, $2, $3, $4, $5) RETURNING id, name, kind, is_multivalue, allowed_values";

/// Makes a custom field.
pub(crate) async fn insert_custom_field(
    pool: &Pool,
    community_id: Uuid,
    field: &NewCustomField,
) -> Result<CustomField, Error> {
    let mut conn = store::connection(pool).await?;
    let made = conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        require_room(conn, COUNT_FIELDS, community_id, MOST_CUSTOM_FIELDS).await?;
        let insert = diesel::sql_query(INSERT_FIELD).bind::<SqlUuid, _>(community_id).bind::<Text, _>(&field.name);
        let insert = insert.bind::<Text, _>(field.kind).bind::<Bool, _>(field.is_multivalue);
        let row = insert.bind::<Array<Text>, _>(&field.allowed_values).get_result::<FieldRow>(conn).await;
        let made = CustomField::from(row.map_err(taken)?);
        idempotency::complete(conn, &CreateCustomFieldResponse { custom_field: Some(made.clone()) }).await?;
        Ok(made)
    });
    made.await
}

const COUNT_SEGMENTS: &str = "SELECT count(*) AS number FROM segments WHERE community_id = $1";
const INSERT_SEGMENT: &str = "INSERT INTO segments (community_id, name) VALUES ($1, $2) RETURNING id, name";
const INSERT_STATUSES: &str = "INSERT INTO segment_statuses (segment_id, name) \
    SELECT $1, name FROM unnest($2) WITH ORDINALITY AS s (name, place) ORDER BY place RETURNING id, name";

/// Makes a segment with its statuses.
pub(crate) async fn insert_segment(
    pool: &Pool,
    community_id: Uuid,
    name: &str,
    statuses: &[String],
) -> Result<CreateSegmentResponse, Error> {
    let mut conn = store::connection(pool).await?;
    let made = conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        require_room(conn, COUNT_SEGMENTS, community_id, MOST_SEGMENTS).await?;
        let insert = diesel::sql_query(INSERT_SEGMENT).bind::<SqlUuid, _>(community_id).bind::<Text, _>(name);
        let Named { id, name } = insert.get_result(conn).await.map_err(taken)?;
        let insert = diesel::sql_query(INSERT_STATUSES).bind::<BigInt, _>(id).bind::<Array<Text>, _>(statuses);
        let mut made: Vec<Named> = insert.load(conn).await?;
        made.sort_unstable_by_key(|status| status.id);
        let statuses = made.into_iter().map(|Named { id, name }| SegmentStatus { id, name }).collect();
        let response = CreateSegmentResponse { segment: Some(Segment { id, name }), statuses };
        idempotency::complete(conn, &response).await?;
        Ok(response)
    });
    made.await
}

const COUNT_TYPES: &str = "SELECT count(*) AS number FROM activity_types WHERE community_id = $1";
const INSERT_TYPE: &str = "INSERT INTO activity_types (community_id, id, display_name) VALUES ($1, $2, $3)";

/// Makes an activity type.
pub(crate) async fn insert_activity_type(
    pool: &Pool,
    community_id: Uuid,
    id: &str,
    display_name: &str,
) -> Result<ActivityType, Error> {
    let mut conn = store::connection(pool).await?;
    let made = conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        require_room(conn, COUNT_TYPES, community_id, MOST_ACTIVITY_TYPES).await?;
        let insert = diesel::sql_query(INSERT_TYPE).bind::<SqlUuid, _>(community_id).bind::<Text, _>(id);
        insert.bind::<Text, _>(display_name).execute(conn).await.map_err(taken)?;
        let made = ActivityType { id: id.to_owned(), display_name: display_name.to_owned() };
        idempotency::complete(conn, &CreateActivityTypeResponse { activity_type: Some(made.clone()) }).await?;
        Ok(made)
    });
    made.await
}
