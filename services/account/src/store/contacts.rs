//! What a mail to an account's owner takes, but for the address.

use connectus_platform::store::{self, Pool};
use connectus_proto::account::v1::GetContactResponse;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::accounts;
use crate::domain::Error;

/// Finds the name of an account, and whether notifications are mailed to it.
pub(crate) async fn find(pool: &Pool, id: Uuid) -> Result<GetContactResponse, Error> {
    let mut conn = store::connection(pool).await?;
    let columns = (accounts::first_name, accounts::preferred_name, accounts::email_notifications);
    let row: Option<(String, String, bool)> =
        accounts::table.find(id).select(columns).first(&mut conn).await.optional()?;
    let (first_name, preferred_name, email_notifications) = row.ok_or(Error::AccountNotFound)?;
    // One of the two is empty.
    Ok(GetContactResponse { name: first_name + &preferred_name, email_notifications })
}

/// Ends the mails about notifications to an account.
pub(crate) async fn disable_email_notifications(pool: &Pool, id: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    let disable = diesel::update(accounts::table.find(id)).set(accounts::email_notifications.eq(false));
    if disable.execute(&mut conn).await? == 0 { Err(Error::AccountNotFound) } else { Ok(()) }
}
