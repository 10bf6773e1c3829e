//! Experiences.

use connectus_platform::{
    idempotency,
    notices::Notice,
    outbox,
    page::Page,
    store::{self, Connection, Pool, StoreError},
};
use connectus_proto::{
    experience::v1::{CreateExperienceResponse, DeleteExperienceResponse, ReplaceExperienceResponse},
    social::v1::NotificationKind,
};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{admit, confirmations, links, notices, rows::Row, schema::experiences};
use crate::domain::{Error, experience::Experience, limits, message::Message, validation::Validation};

/// Writes down an experience, with the mail or the notice that asks to confirm it, or nothing at all.
pub(crate) async fn insert(
    pool: &Pool,
    experience: &Experience,
    response: &CreateExperienceResponse,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        diesel::insert_into(experiences::table).values(Row::from(experience)).execute(conn).await?;
        enqueue_request(conn, experience).await?;
        Ok(idempotency::complete(conn, response).await?)
    })
    .await
}

/// Writes an experience of a person anew while nobody decides it, queues the mail or the notice that asks anew, and tells of a
/// confirmation that is no more.
pub(crate) async fn replace(
    pool: &Pool,
    experience: &Experience,
    response: &ReplaceExperienceResponse,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let before = lock(conn, experience.id, Some(experience.user_id)).await?.ok_or(Error::ExperienceNotFound)?;
        diesel::update(experiences::table.find(experience.id)).set(Row::from(experience)).execute(conn).await?;
        confirmations::tell(conn, [&before]).await?;
        links::delete_all(conn, experience.id).await?;
        enqueue_request(conn, experience).await?;
        Ok(idempotency::complete(conn, response).await?)
    })
    .await
}

/// Reads an experience, of a person or of anybody, and keeps others from changing it until the transaction ends.
pub(super) async fn lock(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    user_id: Option<Uuid>,
) -> Result<Option<Experience>, Error> {
    let row: Option<Row> =
        experiences::table.find(id).select(Row::as_select()).for_update().first(conn).await.optional()?;
    let experience = row.map(Experience::try_from).transpose()?;
    Ok(experience.filter(|experience| user_id.is_none_or(|user_id| experience.user_id == user_id)))
}

/// Asks whoever is to confirm an experience, if the person has not asked too much.
async fn enqueue_request(conn: &mut AsyncPgConnection, experience: &Experience) -> Result<(), Error> {
    match &experience.validation {
        Validation::PendingByMail { request, email } => {
            admit(conn, &limits::mail(experience.user_id, email)).await?;
            enqueue_mail(conn, experience.id, *request).await
        }
        Validation::PendingOnSite { organization, .. } => {
            admit(conn, &limits::request(experience.user_id)).await?;
            let notice = Notice::new(*organization, NotificationKind::ValidationRequested).by(experience.user_id);
            let notice = notice.about(Some(experience.id), &experience.details.name);
            Ok(notices::enqueue(conn, &[notice]).await?)
        }
        Validation::None | Validation::Verified(_) | Validation::Declined(_) => Ok(()),
    }
}

async fn enqueue_mail(conn: &mut AsyncPgConnection, experience_id: Uuid, request_id: Uuid) -> Result<(), Error> {
    let message = Message::ApprovalMail { experience_id, request_id };
    outbox::enqueue(conn, Uuid::now_v7(), &message).await.map_err(|error| match StoreError::from(error) {
        passing @ StoreError::Unavailable(_) => Error::Store(passing),
        refused @ StoreError::Internal(_) => Error::MailNotAccepted(refused),
    })
}

/// Deletes an experience of a person, and with it its links, and tells of a confirmation that is no more.
pub(crate) async fn delete(pool: &Pool, user_id: Uuid, id: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let own = experiences::table.find(id).filter(experiences::user_id.eq(user_id));
        let deleted: Option<Row> =
            diesel::delete(own).returning(Row::as_returning()).get_result(conn).await.optional()?;
        let deleted = Experience::try_from(deleted.ok_or(Error::ExperienceNotFound)?)?;
        confirmations::tell(conn, [&deleted]).await?;
        Ok(idempotency::complete(conn, &DeleteExperienceResponse {}).await?)
    })
    .await
}

/// Finds an experience.
pub(crate) async fn find(pool: &Pool, id: Uuid) -> Result<Option<Experience>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let row: Option<Row> = experiences::table.find(id).select(Row::as_select()).first(&mut conn).await.optional()?;
    row.map(Experience::try_from).transpose()
}

/// Lists a person's experiences, newest first, with one more than the page has.
pub(crate) async fn list(pool: &Pool, user_id: Uuid, page: Page) -> Result<Vec<Experience>, StoreError> {
    store::reading(pool, |mut conn| async move {
        let older = experiences::id.lt(page.before.unwrap_or(Uuid::max()));
        let listed = experiences::table
            .filter(experiences::user_id.eq(user_id).and(older))
            .order(experiences::id.desc())
            .limit(page.size + 1);
        let rows: Vec<Row> = listed.select(Row::as_select()).load(&mut conn).await?;
        rows.into_iter().map(Experience::try_from).collect()
    })
    .await
}
