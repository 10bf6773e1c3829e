//! Mailed links.

use chrono::{DateTime, Utc};
use connectus_platform::store::{self, Pool, StoreError};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::schema::approval_links;
use crate::domain::{Error, link::token_hash};

/// What a link decides.
#[derive(Queryable, Selectable)]
#[diesel(table_name = approval_links)]
pub(crate) struct Link {
    /// The experience.
    pub(crate) experience_id: Uuid,
    /// The request.
    pub(crate) request_id: Uuid,
}

/// Adds a link.
pub(crate) async fn insert(pool: &Pool, token: &str, link: &Link, expires_at: DateTime<Utc>) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    let values = (
        approval_links::token_hash.eq(token_hash(token)),
        approval_links::experience_id.eq(link.experience_id),
        approval_links::request_id.eq(link.request_id),
        approval_links::expires_at.eq(expires_at),
    );
    diesel::insert_into(approval_links::table).values(values).execute(&mut conn).await?;
    Ok(())
}

/// Finds the link that a token opens, if it has not expired.
pub(crate) async fn find(pool: &Pool, token: &str) -> Result<Option<Link>, StoreError> {
    let mut conn = store::connection(pool).await?;
    Ok(find_on(&mut conn, token).await?)
}

pub(super) async fn find_on(conn: &mut AsyncPgConnection, token: &str) -> QueryResult<Option<Link>> {
    let unexpired = approval_links::token_hash.eq(token_hash(token)).and(approval_links::expires_at.gt(Utc::now()));
    approval_links::table.filter(unexpired).select(Link::as_select()).first(conn).await.optional()
}

/// Deletes every link of an experience.
pub(super) async fn delete_all(conn: &mut AsyncPgConnection, experience_id: Uuid) -> Result<(), Error> {
    let links = approval_links::table.filter(approval_links::experience_id.eq(experience_id));
    diesel::delete(links).execute(conn).await?;
    Ok(())
}
