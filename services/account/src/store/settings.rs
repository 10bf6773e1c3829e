//! Settings, with whom an account has blocked.

use connectus_platform::{
    fields::FieldError,
    store::{self, Connection, Pool},
};
use connectus_proto::account::v1::{OrganizationSettings, Settings, UserSettings, settings::Owner};
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    accounts::{ORGANIZATION, USER},
    blocks,
    schema::accounts,
    volunteers,
};
use crate::domain::Error;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = accounts)]
#[expect(clippy::struct_excessive_bools, reason = "they are settings, each with a meaning of its own")]
pub(super) struct Row {
    account_type: String,
    allow_messages_from_unknown: bool,
    email_notifications: bool,
    is_full_name_visible: bool,
    is_nonprofit: bool,
    share_with_communities: bool,
}

impl Row {
    fn of_user(user: &UserSettings) -> Self {
        Self {
            account_type: USER.to_owned(),
            allow_messages_from_unknown: user.allow_messages_from_unknown,
            email_notifications: user.email_notifications,
            is_full_name_visible: user.is_full_name_visible,
            is_nonprofit: false,
            share_with_communities: user.share_with_communities,
        }
    }

    fn into_settings(self, blocked: &[Uuid]) -> Settings {
        let owner = if self.account_type == ORGANIZATION {
            Owner::Organization(OrganizationSettings {
                allow_messages_from_unknown: self.allow_messages_from_unknown,
                email_notifications: self.email_notifications,
                is_nonprofit: self.is_nonprofit,
            })
        } else {
            Owner::User(UserSettings {
                allow_messages_from_unknown: self.allow_messages_from_unknown,
                email_notifications: self.email_notifications,
                is_full_name_visible: self.is_full_name_visible,
                blocked_account_ids: to_strings(blocked),
                share_with_communities: self.share_with_communities,
            })
        };
        Settings { owner: Some(owner) }
    }
}

impl From<&Settings> for Row {
    fn from(settings: &Settings) -> Self {
        match &settings.owner {
            Some(Owner::Organization(organization)) => Self {
                account_type: ORGANIZATION.to_owned(),
                allow_messages_from_unknown: organization.allow_messages_from_unknown,
                email_notifications: organization.email_notifications,
                is_full_name_visible: true,
                is_nonprofit: organization.is_nonprofit,
                share_with_communities: true,
            },
            Some(Owner::User(user)) => Self::of_user(user),
            None => Self::of_user(&UserSettings::default()),
        }
    }
}

/// Finds an account's settings.
pub(crate) async fn find(pool: &Pool, id: Uuid) -> Result<Settings, Error> {
    let mut conn = store::connection(pool).await?;
    let row: Option<Row> = accounts::table.find(id).select(Row::as_select()).first(&mut conn).await.optional()?;
    let blocked = blocks::blocked_by(&mut conn, id).await?;
    Ok(row.ok_or(Error::AccountNotFound)?.into_settings(&blocked))
}

/// Changes an account's settings while nobody else does, tells communities of it, and returns them. Its key is not locked: two who
/// block each other would wait for each other.
pub(crate) async fn update(
    pool: &Pool,
    id: Uuid,
    change: impl FnOnce(&mut Settings) -> Result<(), FieldError> + Send,
) -> Result<Settings, Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let locked = accounts::table.find(id).select(Row::as_select()).for_no_key_update();
        let row: Option<Row> = locked.first(conn).await.optional()?;
        let blocked = blocks::blocked_by(conn, id).await?;
        let mut settings = row.ok_or(Error::AccountNotFound)?.into_settings(&blocked);
        let before = settings.clone();
        change(&mut settings)?;
        if matches!(settings.owner, Some(Owner::User(_))) && settings != before {
            volunteers::refresh(conn, id).await?;
        }
        write(conn, id, &settings, &blocked).await?;
        if let Some(Owner::User(user)) = &mut settings.owner {
            user.blocked_account_ids = to_strings(&blocks::blocked_by(conn, id).await?);
        }
        Ok(settings)
    })
    .await
}

async fn write(conn: &mut AsyncPgConnection, id: Uuid, settings: &Settings, blocked: &[Uuid]) -> Result<(), Error> {
    let row = diesel::update(accounts::table.find(id));
    match &settings.owner {
        Some(Owner::User(user)) => {
            let values = (
                accounts::allow_messages_from_unknown.eq(user.allow_messages_from_unknown),
                accounts::email_notifications.eq(user.email_notifications),
                accounts::is_full_name_visible.eq(user.is_full_name_visible),
                accounts::share_with_communities.eq(user.share_with_communities),
            );
            row.set(values).execute(conn).await?;
            let wanted: Vec<Uuid> = user.blocked_account_ids.iter().filter_map(|id| id.parse().ok()).collect();
            if wanted != blocked {
                blocks::replace(conn, id, blocked, &wanted).await?;
            }
        }
        Some(Owner::Organization(organization)) => {
            let values = (
                accounts::allow_messages_from_unknown.eq(organization.allow_messages_from_unknown),
                accounts::email_notifications.eq(organization.email_notifications),
                accounts::is_nonprofit.eq(organization.is_nonprofit),
            );
            row.set(values).execute(conn).await?;
        }
        None => {}
    }
    Ok(())
}

fn to_strings(ids: &[Uuid]) -> Vec<String> {
    ids.iter().map(Uuid::to_string).collect()
}
