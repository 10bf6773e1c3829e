//! Requests to confirm experiences, and their decision.

use chrono::{DateTime, Utc};
use connectus_platform::{
    idempotency,
    notices::Notice,
    page::Page,
    store::{self, Connection, Pool, StoreError},
};
use connectus_proto::{
    experience::v1::{DecideMailedValidationResponse, DecideValidationResponse},
    social::v1::NotificationKind,
};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, QueryDsl,
    dsl::{exists, select},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    confirmations,
    experiences::lock,
    links, notices,
    rows::{PENDING_ON_SITE, ValidationColumns},
    schema::experiences,
};
use crate::domain::{
    Error,
    experience::Experience,
    validation::{Decision, NothingPending, Validation},
};

/// A request that waits for an organization.
pub(crate) struct Request {
    /// The request.
    pub(crate) id: Uuid,
    /// The experience.
    pub(crate) experience_id: Uuid,
    /// Whose it is.
    pub(crate) user_id: Uuid,
}

/// Lists what waits for an organization, newest first, with one more than the page has.
pub(crate) async fn list(pool: &Pool, organization: Uuid, page: Page) -> Result<Vec<Request>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let waiting = experiences::organization_id.eq(organization).and(experiences::validation_state.eq(PENDING_ON_SITE));
    let older = experiences::request_id.lt(page.before.unwrap_or(Uuid::max()));
    let listed = experiences::table
        .filter(waiting.and(older))
        .order(experiences::request_id.desc())
        .limit(page.size + 1)
        .select((experiences::request_id.assume_not_null(), experiences::id, experiences::user_id));
    let rows: Vec<(Uuid, Uuid, Uuid)> = listed.load(&mut conn).await?;
    Ok(rows.into_iter().map(|(id, experience_id, user_id)| Request { id, experience_id, user_id }).collect())
}

/// Whether an experience waits for an organization.
pub(crate) async fn is_waiting(pool: &Pool, organization: Uuid, id: Uuid) -> Result<bool, StoreError> {
    let mut conn = store::connection(pool).await?;
    let waiting = experiences::organization_id.eq(organization).and(experiences::validation_state.eq(PENDING_ON_SITE));
    Ok(select(exists(experiences::table.find(id).filter(waiting))).get_result(&mut conn).await?)
}

/// An organization decides about an experience of a person, on the site. Of several decisions at once, the first one wins.
pub(crate) async fn decide_on_site(
    pool: &Pool,
    organization_id: Uuid,
    (user_id, id): (Uuid, Uuid),
    decide: impl FnOnce(&Validation) -> Result<Validation, NothingPending> + Send,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let experience = lock(conn, id, Some(user_id)).await?.ok_or(Error::ExperienceNotFound)?;
        let decided = decide(&experience.validation).map_err(|NothingPending| Error::ValidationNotFound)?;
        write(conn, &experience, &decided, Some(organization_id)).await?;
        Ok(idempotency::complete(conn, &DecideValidationResponse {}).await?)
    })
    .await
}

/// Whoever holds a mailed link decides by it. The link and all others of the request are used up.
pub(crate) async fn decide_by_mail(
    pool: &Pool,
    token: &str,
    decision: Decision,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let link = links::find_on(conn, token).await?.ok_or(Error::LinkInvalid)?;
        let experience = lock(conn, link.experience_id, None).await?.ok_or(Error::LinkInvalid)?;
        let decided = experience.validation.decide_by_mail(link.request_id, decision, at);
        write(conn, &experience, &decided.map_err(|_| Error::LinkInvalid)?, None).await?;
        links::delete_all(conn, experience.id).await?;
        Ok(idempotency::complete(conn, &DecideMailedValidationResponse {}).await?)
    })
    .await
}

/// Writes what was decided, and tells the person, by the account that has decided it, if it was one, and the community service.
async fn write(
    conn: &mut AsyncPgConnection,
    experience: &Experience,
    decided: &Validation,
    by: Option<Uuid>,
) -> Result<(), Error> {
    let columns = ValidationColumns::from(decided);
    diesel::update(experiences::table.find(experience.id)).set(columns).execute(conn).await?;
    let kind = match decided {
        Validation::Verified(_) => NotificationKind::ValidationApproved,
        Validation::Declined(_) => NotificationKind::ValidationDeclined,
        Validation::None | Validation::PendingOnSite { .. } | Validation::PendingByMail { .. } => return Ok(()),
    };
    let decided = Experience { validation: decided.clone(), ..experience.clone() };
    confirmations::tell(conn, [&decided]).await?;
    let notice = Notice::new(experience.user_id, kind).about(Some(experience.id), &experience.details.name);
    let notice = by.into_iter().fold(notice, Notice::by);
    Ok(notices::enqueue(conn, &[notice]).await?)
}
