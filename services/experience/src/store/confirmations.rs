//! What organizations have confirmed on the site, as communities learn of it.

use chrono::{DateTime, Utc};
use connectus_platform::{
    outbox,
    store::{self, Pool, StoreError},
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, QueryDsl, QueryResult, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{rows::VERIFIED, schema::experiences};
use crate::domain::{experience::Experience, message::Message};

/// How many are listed at once.
pub(crate) const PAGE: i64 = 500;

/// An experience that an organization has confirmed.
#[derive(Queryable, Selectable)]
#[diesel(table_name = experiences)]
pub(crate) struct Confirmed {
    /// Its id.
    pub(crate) id: Uuid,
    /// What the person calls it.
    pub(crate) name: String,
    /// When it began, as the person says it.
    pub(crate) begins: String,
    /// When it ended, as the person says it.
    pub(crate) ends: String,
    /// How many hours it took.
    pub(crate) hours: i32,
    /// When it was confirmed.
    #[diesel(select_expression = experiences::decided_at.assume_not_null())]
    pub(crate) confirmed_at: DateTime<Utc>,
}

/// Lists what an organization has confirmed of a person, by id.
pub(crate) async fn list(
    pool: &Pool,
    organization: Uuid,
    user: Uuid,
    after: Uuid,
) -> Result<Vec<Confirmed>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let confirmed = experiences::organization_id.eq(organization).and(experiences::validation_state.eq(VERIFIED));
    let listed = experiences::table
        .filter(confirmed.and(experiences::user_id.eq(user)).and(experiences::id.gt(after)))
        .order(experiences::id)
        .limit(PAGE);
    Ok(listed.select(Confirmed::as_select()).load(&mut conn).await?)
}

/// Lists of whom an organization has confirmed something, by id.
pub(crate) async fn accounts(pool: &Pool, organization: Uuid, after: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let confirmed = experiences::organization_id.eq(organization).and(experiences::validation_state.eq(VERIFIED));
    let listed = experiences::table
        .filter(confirmed.and(experiences::user_id.gt(after)))
        .order(experiences::user_id)
        .distinct()
        .limit(PAGE);
    Ok(listed.select(experiences::user_id).load(&mut conn).await?)
}

/// Tells the community service where a change of experiences was about something that an organization had confirmed, or has now.
pub(super) async fn tell(
    conn: &mut AsyncPgConnection,
    changed: impl IntoIterator<Item = &Experience>,
) -> QueryResult<()> {
    let confirmed = changed.into_iter().filter_map(|experience| {
        let organization_id = experience.validation.confirmed_by(experience.validator.as_ref())?;
        Some((organization_id, experience.user_id))
    });
    let once: std::collections::BTreeSet<(Uuid, Uuid)> = confirmed.collect();
    let message = |(organization_id, user_id)| Message::RefreshVolunteer { organization_id, user_id };
    let messages: Vec<Message> = once.into_iter().map(message).collect();
    if messages.is_empty() { Ok(()) } else { outbox::enqueue_all(conn, &messages).await }
}
