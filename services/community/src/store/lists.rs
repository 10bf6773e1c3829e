//! A community's members and activities, page by page.

use chrono::{DateTime, Utc};
use connectus_platform::{
    page::Page,
    store::{self, Pool, StoreError},
    time::to_exact_timestamp,
};
use connectus_proto::community::v1::{Activity, ActivityContent, ConfirmedWork, ContentFormat, Member, ParentActivity};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    members::{self, Row as MemberRow, members},
    tags,
};
use crate::markup;

/// Which members are asked for.
pub(crate) struct MemberFilter {
    /// Only those of this segment.
    pub(crate) segment_id: Option<i64>,
    /// Only those with the tag of this name.
    pub(crate) tag: Option<String>,
    /// Only those whom this source knows.
    pub(crate) source_id: Option<i64>,
}

const OF_SEGMENT: &str = "m.id IN (SELECT r.member_id FROM segment_records s JOIN records r ON r.id = s.record_id \
    WHERE s.segment_id = $4 AND r.community_id = $1)";
/// By its id, by which the database knows whether many have the tag or few.
const OF_TAG: &str =
    "m.id IN (SELECT r.member_id FROM record_tags rt JOIN records r ON r.id = rt.record_id WHERE rt.tag_id = $5)";
const OF_SOURCE: &str = "m.id IN (SELECT r.member_id FROM records r WHERE r.source_id = $6 AND r.community_id = $1)";

/// The statement for a filter: one of its own for each combination, so that each has a plan of its own.
fn list_members(filter: &MemberFilter) -> String {
    let is_of_segment = if filter.segment_id.is_some() { OF_SEGMENT } else { "$4::bigint IS NULL" };
    let has_tag = if filter.tag.is_some() { OF_TAG } else { "$5::uuid IS NULL" };
    let is_of_source = if filter.source_id.is_some() { OF_SOURCE } else { "$6::bigint IS NULL" };
    let found = format!(
        "SELECT m.id FROM members m WHERE m.community_id = $1 AND m.merged_into_id IS NULL AND ($2::uuid IS NULL OR m.id < $2) \
        AND {is_of_segment} AND {has_tag} AND {is_of_source} ORDER BY m.id DESC LIMIT $3"
    );
    MEMBERS.replace(FOUND, &found)
}

/// What stands for those who are found.
const FOUND: &str = "SELECT NULL::uuid AS id";
const MEMBERS: &str = members!("SELECT NULL::uuid AS id");

/// Lists a community's members, newest first, with the next page's token.
pub(crate) async fn members(
    pool: &Pool,
    community_id: Uuid,
    filter: &MemberFilter,
    page: Page,
) -> Result<(Vec<Member>, String), StoreError> {
    store::reading(pool, |mut conn| async move {
        let tag_id = match &filter.tag {
            // What no tag has is on nobody.
            Some(name) => Some(tags::id_of(&mut conn, community_id, name).await?.unwrap_or_default()),
            None => None,
        };
        let list = diesel::sql_query(list_members(filter))
            .bind::<SqlUuid, _>(community_id)
            .bind::<Nullable<SqlUuid>, _>(page.before)
            .bind::<BigInt, _>(page.size + 1)
            .bind::<Nullable<BigInt>, _>(filter.segment_id)
            .bind::<Nullable<SqlUuid>, _>(tag_id)
            .bind::<Nullable<BigInt>, _>(filter.source_id);
        let mut rows: Vec<MemberRow> = list.load(&mut conn).await?;
        rows.reverse();
        let next = page.cut(&mut rows, |row| row.id);
        Ok((members::members_of(rows)?, next))
    })
    .await
}

#[derive(QueryableByName)]
struct ActivityRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    source_id: i64,
    #[diesel(sql_type = Text)]
    external_id: String,
    #[diesel(sql_type = Text)]
    activity_type: String,
    #[diesel(sql_type = SqlUuid)]
    member_id: Uuid,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Text)]
    content: String,
    #[diesel(sql_type = Bool)]
    is_markdown: bool,
    #[diesel(sql_type = Timestamptz)]
    occurred_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    url: String,
    #[diesel(sql_type = Nullable<Text>)]
    parent_external_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    parent_activity_type: Option<String>,
    #[diesel(sql_type = Text)]
    sub_source: String,
    #[diesel(sql_type = Nullable<Integer>)]
    hours: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    begins: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    ends: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    tags: Vec<String>,
}

macro_rules! activities {
    ($filter:literal) => {
        concat!(
            "SELECT a.id, a.source_id, a.external_id, a.activity_type, r.member_id, a.title, a.content, a.is_markdown, \
                a.occurred_at, a.url, a.parent_external_id, a.parent_activity_type, a.sub_source, a.hours, a.begins, a.ends, \
                ARRAY(SELECT t.name FROM activity_tags at JOIN tags t ON t.id = at.tag_id \
                    WHERE at.activity_id = a.id AND t.deleted_at IS NULL ORDER BY t.name) AS tags \
            FROM activities a JOIN records r ON r.id = a.record_id \
            WHERE a.community_id = $1 AND ($2 IS NULL OR a.id < $2) AND ",
            $filter,
            " ORDER BY a.id DESC LIMIT $3"
        )
    };
}

/// Each list goes along an index of its own, so each is a statement of its own.
const ALL: &str = activities!("$4 IS NULL AND $5 IS NULL");
const OF_TYPE: &str = activities!("$4 IS NULL AND a.activity_type = $5");
const OF_MEMBER: &str = activities!(
    "a.record_id IN (SELECT id FROM records WHERE member_id = $4) AND ($5 IS NULL OR a.activity_type = $5)"
);

/// Lists a community's activities, as they were learnt of, newest first, with the next page's token.
pub(crate) async fn activities(
    pool: &Pool,
    community_id: Uuid,
    member_id: Option<Uuid>,
    activity_type: Option<&str>,
    page: Page,
) -> Result<(Vec<Activity>, String), StoreError> {
    store::reading(pool, |mut conn| async move {
        let list = match (member_id, activity_type) {
            (Some(_), _) => OF_MEMBER,
            (None, Some(_)) => OF_TYPE,
            (None, None) => ALL,
        };
        let list = diesel::sql_query(list)
            .bind::<SqlUuid, _>(community_id)
            .bind::<Nullable<SqlUuid>, _>(page.before)
            .bind::<BigInt, _>(page.size + 1)
            .bind::<Nullable<SqlUuid>, _>(member_id)
            .bind::<Nullable<Text>, _>(activity_type);
        let mut rows: Vec<ActivityRow> = list.load(&mut conn).await?;
        let next = page.cut(&mut rows, |row| row.id);
        Ok((rows.into_iter().map(Activity::from).collect(), next))
    })
    .await
}

impl From<ActivityRow> for Activity {
    fn from(row: ActivityRow) -> Self {
        let format = if row.is_markdown { ContentFormat::Markdown } else { ContentFormat::Text };
        let content_html = markup::html(&row.content, row.is_markdown);
        let content = ActivityContent { format: format.into(), value: row.content };
        let parent = row.parent_external_id.zip(row.parent_activity_type);
        Self {
            id: row.id.to_string(),
            source_id: row.source_id,
            source_activity_id: row.external_id,
            activity_type: row.activity_type,
            member_id: row.member_id.to_string(),
            title: row.title,
            content: Some(content).filter(|content| !content.value.is_empty()),
            content_html,
            occur_time: Some(to_exact_timestamp(row.occurred_at)),
            url: row.url,
            tags: row.tags,
            parent: parent.map(|(id, activity_type)| ParentActivity { id, activity_type }),
            sub_source: row.sub_source,
            confirmed_work: row.hours.map(|hours| ConfirmedWork {
                hours,
                begin: row.begins.unwrap_or_default(),
                end: row.ends.unwrap_or_default(),
            }),
        }
    }
}
