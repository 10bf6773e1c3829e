//! The link of a community to its organization's account, and the survey of its volunteers that follows it and its end.

use connectus_platform::{
    idempotency,
    store::{self, Connection, Pool, StoreError},
};
use connectus_proto::community::v1::{LinkCommunityResponse, Source, UnlinkCommunityResponse};
use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Id, Named, hold, structure};
use crate::domain::{
    Error,
    structure::{CONFIRMED_EXPERIENCE, CONNECTUS, MOST_SOURCES},
};

/// A survey begins before all accounts.
const LINK: &str = "UPDATE communities SET linked_at = now(), survey_after = $2, link_changes = link_changes + 1 \
    WHERE id = $1 AND linked_at IS NULL";
const INSERT_TYPE: &str = "INSERT INTO activity_types (community_id, id, display_name) \
    VALUES ($1, $2, 'Confirmed experience') ON CONFLICT DO NOTHING";

/// Links a community. Answers the source of what comes through the link.
pub(crate) async fn link(pool: &Pool, community_id: Uuid) -> Result<Source, Error> {
    let mut conn = store::connection(pool).await?;
    let linked = conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        let source = source(conn, community_id).await?;
        let kind = diesel::sql_query(INSERT_TYPE).bind::<SqlUuid, _>(community_id);
        kind.bind::<Text, _>(CONFIRMED_EXPERIENCE).execute(conn).await?;
        let link = diesel::sql_query(LINK).bind::<SqlUuid, _>(community_id);
        link.bind::<SqlUuid, _>(Uuid::nil()).execute(conn).await?;
        idempotency::complete(conn, &LinkCommunityResponse { source: Some(source.clone()) }).await?;
        Ok(source)
    });
    linked.await
}

const INSERT_SOURCE: &str =
    "INSERT INTO sources (community_id, name, is_connectus) VALUES ($1, $2, true) RETURNING id, name";

/// The source of what the suite itself says, which is made with the first link.
async fn source(conn: &mut AsyncPgConnection, community_id: Uuid) -> Result<Source, Error> {
    if let Some(id) = source_id(conn, community_id).await? {
        return Ok(Source { id, name: CONNECTUS.to_owned() });
    }
    structure::require_room(conn, structure::COUNT_SOURCES, community_id, MOST_SOURCES).await?;
    let insert = diesel::sql_query(INSERT_SOURCE).bind::<SqlUuid, _>(community_id).bind::<Text, _>(CONNECTUS);
    let Named { id, name } = insert.get_result(conn).await.map_err(structure::taken)?;
    Ok(Source { id, name })
}

/// The id of the source of what the suite itself says, if the community was ever linked.
pub(super) async fn source_id(conn: &mut AsyncPgConnection, community_id: Uuid) -> QueryResult<Option<i64>> {
    const FIND: &str = "SELECT id, name FROM sources WHERE community_id = $1 AND is_connectus";
    let find = diesel::sql_query(FIND).bind::<SqlUuid, _>(community_id);
    Ok(find.get_result::<Named>(conn).await.optional()?.map(|source| source.id))
}

const UNLINK: &str = "UPDATE communities SET linked_at = NULL, survey_after = $2, link_changes = link_changes + 1 \
    WHERE id = $1 AND linked_at IS NOT NULL";

/// Ends the link of a community.
pub(crate) async fn unlink(pool: &Pool, community_id: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    let unlinked = conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        let unlink = diesel::sql_query(UNLINK).bind::<SqlUuid, _>(community_id);
        unlink.bind::<SqlUuid, _>(Uuid::nil()).execute(conn).await?;
        Ok(idempotency::complete(conn, &UnlinkCommunityResponse {}).await?)
    });
    unlinked.await
}

/// How far a survey has come.
#[derive(QueryableByName)]
pub(crate) struct Survey {
    /// The community.
    #[diesel(sql_type = SqlUuid)]
    pub(crate) community_id: Uuid,
    /// Its organization.
    #[diesel(sql_type = SqlUuid)]
    pub(crate) owner_id: Uuid,
    /// Whether it is linked.
    #[diesel(sql_type = Bool)]
    pub(crate) is_linked: bool,
    /// How often it was linked or not any more, by which a survey is told from a later one.
    #[diesel(sql_type = BigInt)]
    link_changes: i64,
    /// The account up to which it has come.
    #[diesel(sql_type = SqlUuid)]
    pub(crate) after: Uuid,
}

/// The end of a link waits for nobody else; and a survey waits while many of its community are to be looked at, so that others
/// have their turn.
const SURVEYS: &str = "SELECT c.id AS community_id, owner_id, linked_at IS NOT NULL AS is_linked, link_changes, \
        survey_after AS after FROM communities c WHERE survey_after IS NOT NULL AND deleted_at IS NULL \
    AND NOT EXISTS (SELECT FROM volunteers v WHERE v.community_id = c.id AND due_at IS NOT NULL OFFSET 100) \
    ORDER BY linked_at IS NOT NULL, c.id LIMIT 10";

/// Some of the surveys that are not at their end.
pub(crate) async fn surveys(pool: &Pool) -> Result<Vec<Survey>, StoreError> {
    let mut conn = store::connection(pool).await?;
    Ok(diesel::sql_query(SURVEYS).load(&mut conn).await?)
}

/// The next accounts of the volunteers that a community knows.
pub(crate) async fn known_volunteers(pool: &Pool, survey: &Survey, most: i64) -> Result<Vec<Uuid>, StoreError> {
    const LIST: &str = "SELECT account_id AS id FROM volunteers WHERE community_id = $1 AND account_id > $2 ORDER BY account_id LIMIT $3";
    let mut conn = store::connection(pool).await?;
    let list = diesel::sql_query(LIST).bind::<SqlUuid, _>(survey.community_id).bind::<SqlUuid, _>(survey.after);
    let ids: Vec<Id> = list.bind::<BigInt, _>(most).load(&mut conn).await?;
    Ok(ids.into_iter().map(|row| row.id).collect())
}

/// A survey that was begun anew meanwhile, or that another replica has taken further, stays as it is.
const GO_ON: &str = "WITH taken AS (UPDATE communities SET survey_after = $4 \
        WHERE id = $1 AND survey_after = $3 AND link_changes = $5 RETURNING id) \
    INSERT INTO volunteers (community_id, account_id, due_at) \
    SELECT taken.id, account_id, now() FROM taken CROSS JOIN unnest($2) AS a (account_id) \
    ON CONFLICT (community_id, account_id) DO UPDATE SET revision = DEFAULT, due_at = now()";

/// Notes that the next accounts of a survey are to be looked at, which are its last unless it goes on after one.
pub(crate) async fn go_on(
    pool: &Pool,
    survey: &Survey,
    accounts: &[Uuid],
    after: Option<Uuid>,
) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    let go_on = diesel::sql_query(GO_ON).bind::<SqlUuid, _>(survey.community_id).bind::<Array<SqlUuid>, _>(accounts);
    let go_on = go_on.bind::<SqlUuid, _>(survey.after).bind::<Nullable<SqlUuid>, _>(after);
    go_on.bind::<BigInt, _>(survey.link_changes).execute(&mut conn).await?;
    Ok(())
}
