//! The tags of a community, and what they are on.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use connectus_platform::{
    fields::FieldError,
    store::{self, Pool, StoreError, unique_violation},
    time::to_exact_timestamp,
};
use connectus_proto::community::v1::Tag;
use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    result::Error as DieselError,
    sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Id, Number};
use crate::domain::{
    Error,
    tag::{self, TagRef},
};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    description: String,
    #[diesel(sql_type = Array<Text>)]
    entity_types: Vec<String>,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    deleted_at: Option<DateTime<Utc>>,
}

impl From<Row> for Tag {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name,
            description: row.description,
            entity_types: row.entity_types.iter().map(|name| tag::entity_of(name).into()).collect(),
            create_time: Some(to_exact_timestamp(row.created_at)),
            delete_time: row.deleted_at.map(to_exact_timestamp),
        }
    }
}

const LIST: &str = "SELECT id, name, description, entity_types, created_at, deleted_at FROM tags \
    WHERE community_id = $1 AND deleted_at IS NULL ORDER BY lower(name)";

/// Lists a community's tags, without those that are deleted.
pub(crate) async fn list(pool: &Pool, community_id: Uuid) -> Result<Vec<Tag>, StoreError> {
    store::reading(pool, |mut conn| async move {
        let rows: Vec<Row> = diesel::sql_query(LIST).bind::<SqlUuid, _>(community_id).load(&mut conn).await?;
        Ok(rows.into_iter().map(Tag::from).collect())
    })
    .await
}

const FIND: &str = "SELECT id, name, description, entity_types, created_at, deleted_at FROM tags \
    WHERE community_id = $1 AND id = $2";

/// Finds a tag, deleted or not.
pub(crate) async fn find(pool: &Pool, community_id: Uuid, id: Uuid) -> Result<Tag, Error> {
    let mut conn = store::connection(pool).await?;
    let find = diesel::sql_query(FIND).bind::<SqlUuid, _>(community_id).bind::<SqlUuid, _>(id);
    find.get_result::<Row>(&mut conn).await.optional()?.map(Tag::from).ok_or(Error::TagNotFound)
}

/// The id of the tag of a name, unless it is deleted.
pub(super) async fn id_of(conn: &mut AsyncPgConnection, community_id: Uuid, name: &str) -> QueryResult<Option<Uuid>> {
    const FIND: &str = "SELECT id FROM tags WHERE community_id = $1 AND lower(name) = lower($2) AND deleted_at IS NULL";
    let find = diesel::sql_query(FIND).bind::<SqlUuid, _>(community_id).bind::<Text, _>(name);
    Ok(find.get_result::<Id>(conn).await.optional()?.map(|row| row.id))
}

/// What it makes is counted before, so that a race may pass the limit by a few.
const COUNT: &str = "SELECT count(*) AS number FROM tags WHERE community_id = $1";

const INSERT: &str = "INSERT INTO tags (id, community_id, name, description, entity_types, created_at) \
    VALUES ($1, $2, $3, $4, $5, now()) RETURNING id, name, description, entity_types, created_at, deleted_at";

/// Makes a tag.
pub(crate) async fn insert(
    pool: &Pool,
    community_id: Uuid,
    name: &str,
    description: &str,
    entity_types: &[&str],
) -> Result<Tag, Error> {
    let mut conn = store::connection(pool).await?;
    require_room(&mut conn, community_id, 1).await?;
    let insert = diesel::sql_query(INSERT).bind::<SqlUuid, _>(Uuid::now_v7()).bind::<SqlUuid, _>(community_id);
    let insert = insert.bind::<Text, _>(name).bind::<Text, _>(description).bind::<Array<Text>, _>(entity_types);
    Ok(insert.get_result::<Row>(&mut conn).await.map_err(taken)?.into())
}

/// Refuses so many more tags than there may be.
async fn require_room(conn: &mut AsyncPgConnection, community_id: Uuid, more: usize) -> Result<(), Error> {
    if more == 0 {
        return Ok(());
    }
    let count: Number = diesel::sql_query(COUNT).bind::<SqlUuid, _>(community_id).get_result(conn).await?;
    let more = i64::try_from(more).unwrap_or(i64::MAX);
    if count.number.saturating_add(more) > tag::MOST { Err(Error::LimitReached) } else { Ok(()) }
}

/// What another tag of the same name comes to.
fn taken(error: DieselError) -> Error {
    if unique_violation(&error) == Some("tags_name") { Error::NameTaken } else { error.into() }
}

const UPDATE: &str = "UPDATE tags SET name = $3, description = coalesce($4, description), deleted_at = NULL \
    WHERE community_id = $1 AND id = $2 RETURNING id, name, description, entity_types, created_at, deleted_at";

/// Gives a tag another name and description. One that is deleted is so no more.
pub(crate) async fn update(
    pool: &Pool,
    community_id: Uuid,
    id: Uuid,
    name: &str,
    description: Option<&str>,
) -> Result<Tag, Error> {
    let mut conn = store::connection(pool).await?;
    let update = diesel::sql_query(UPDATE).bind::<SqlUuid, _>(community_id).bind::<SqlUuid, _>(id);
    let update = update.bind::<Text, _>(name).bind::<Nullable<Text>, _>(description);
    let row: Option<Row> = update.get_result(&mut conn).await.optional().map_err(taken)?;
    row.map(Tag::from).ok_or(Error::TagNotFound)
}

const DELETE: &str = "UPDATE tags SET deleted_at = coalesce(deleted_at, now()) WHERE community_id = $1 AND id = $2";

/// Deletes a tag, which stays where it is, and shows nowhere.
pub(crate) async fn delete(pool: &Pool, community_id: Uuid, id: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    let delete = diesel::sql_query(DELETE).bind::<SqlUuid, _>(community_id).bind::<SqlUuid, _>(id);
    if delete.execute(&mut conn).await? == 0 { Err(Error::TagNotFound) } else { Ok(()) }
}

#[derive(QueryableByName)]
struct Entities {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Array<Text>)]
    entity_types: Vec<String>,
}

/// Names are compared by the database alone, which has its own idea of small letters.
const ENTITIES: &str = "SELECT id, '' AS name, entity_types FROM tags WHERE community_id = $1 AND id = ANY ($2) \
    UNION ALL SELECT t.id, n AS name, t.entity_types FROM unnest($3) AS n \
    JOIN tags t ON t.community_id = $1 AND lower(t.name) = lower(n)";

/// Refuses tags that may not be put on something, and ids that no tag has.
pub(crate) async fn check(pool: &Pool, community_id: Uuid, wanted: &[(&str, &[TagRef], &str)]) -> Result<(), Error> {
    let all: Vec<&TagRef> = wanted.iter().flat_map(|(_, tags, _)| *tags).collect();
    if all.is_empty() {
        return Ok(());
    }
    let (ids, names) = split(all.iter().copied());
    let mut conn = store::connection(pool).await?;
    let query = diesel::sql_query(ENTITIES).bind::<SqlUuid, _>(community_id).bind::<Array<SqlUuid>, _>(ids);
    let known: Vec<Entities> = query.bind::<Array<Text>, _>(names).load(&mut conn).await?;
    let new =
        all.iter().filter(|tag| matches!(tag, TagRef::Name(name) if known.iter().all(|known| known.name != *name)));
    require_room(&mut conn, community_id, new.count()).await?;
    for (field, tags, entity) in wanted {
        for (at, tag) in tags.iter().enumerate() {
            let found = known.iter().find(|known| match tag {
                TagRef::Id(id) => known.id == *id,
                TagRef::Name(name) => known.name == *name,
            });
            let problem = match (found, tag) {
                (Some(found), _) if found.entity_types.iter().any(|allowed| allowed == entity) => continue,
                (Some(_), _) => format!("is a tag that is not for the type {entity}"),
                (None, TagRef::Id(_)) => "is no tag".to_owned(),
                (None, TagRef::Name(_)) => continue,
            };
            return Err(FieldError::new(format!("{field}[{at}]"), problem).into());
        }
    }
    Ok(())
}

fn split<'a>(tags: impl Iterator<Item = &'a TagRef>) -> (Vec<Uuid>, Vec<&'a str>) {
    let (mut ids, mut names) = (Vec::new(), Vec::new());
    for tag in tags {
        match tag {
            TagRef::Id(id) => ids.push(*id),
            TagRef::Name(name) => names.push(name.as_str()),
        }
    }
    (ids, names)
}

/// One that is made by its use may be put on both members and activities; one that was deleted is so no more.
const USE: &str = "INSERT INTO tags AS t (id, community_id, name, description, entity_types, created_at) \
    SELECT gen_random_uuid(), $1, n, '', '{member,activity}', now() FROM \
        (SELECT DISTINCT ON (lower(n)) n FROM unnest($2) AS n ORDER BY lower(n)) AS names \
    ON CONFLICT (community_id, lower(name)) DO UPDATE SET deleted_at = NULL";

/// The ids of tags; those that are not there are made, if they are meant by name.
pub(super) async fn resolve(
    conn: &mut AsyncPgConnection,
    community_id: Uuid,
    tags: &HashSet<&TagRef>,
) -> QueryResult<HashMap<TagRef, Uuid>> {
    let (ids, names) = split(tags.iter().copied());
    if !names.is_empty() {
        let using = diesel::sql_query(USE).bind::<SqlUuid, _>(community_id).bind::<Array<Text>, _>(&names);
        using.execute(conn).await?;
    }
    let find = diesel::sql_query(ENTITIES).bind::<SqlUuid, _>(community_id).bind::<Array<SqlUuid>, _>(ids);
    let found: Vec<Entities> = find.bind::<Array<Text>, _>(names).load(conn).await?;
    let tag = |row: &Entities| if row.name.is_empty() { TagRef::Id(row.id) } else { TagRef::Name(row.name.clone()) };
    Ok(found.iter().map(|row| (tag(row), row.id)).collect())
}

/// Puts tags on records.
pub(super) async fn put_on_records(conn: &mut AsyncPgConnection, tagged: &[(Uuid, Uuid)]) -> QueryResult<()> {
    const PUT: &str =
        "INSERT INTO record_tags (record_id, tag_id) SELECT DISTINCT * FROM unnest($1, $2) ON CONFLICT DO NOTHING";
    put(conn, PUT, tagged).await
}

/// Puts tags on activities.
pub(super) async fn put_on_activities(conn: &mut AsyncPgConnection, tagged: &[(Uuid, Uuid)]) -> QueryResult<()> {
    const PUT: &str =
        "INSERT INTO activity_tags (activity_id, tag_id) SELECT DISTINCT * FROM unnest($1, $2) ON CONFLICT DO NOTHING";
    put(conn, PUT, tagged).await
}

async fn put(conn: &mut AsyncPgConnection, put: &'static str, tagged: &[(Uuid, Uuid)]) -> QueryResult<()> {
    if !tagged.is_empty() {
        let (on, tags): (Vec<Uuid>, Vec<Uuid>) = tagged.iter().copied().unzip();
        diesel::sql_query(put).bind::<Array<SqlUuid>, _>(on).bind::<Array<SqlUuid>, _>(tags).execute(conn).await?;
    }
    Ok(())
}
