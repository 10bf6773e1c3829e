//! Changes of settings.

use connectus_platform::fields::{self, FieldError};
use connectus_proto::account::v1::{OrganizationSettings, UserSettings};
use uuid::Uuid;

use super::{each_path, unknown_path};

const MAX_BLOCKED: usize = 1000;

/// The field that lists whom an account has blocked.
pub(crate) const BLOCKED_FIELD: &str = "settings.user.blocked_account_ids";

/// Sets the settings of a person's account that the mask names. Whether there are such accounts to block is looked up
/// where they are stored.
pub(crate) fn update_user(
    caller: Uuid,
    settings: &mut UserSettings,
    new: &UserSettings,
    mask: &[String],
) -> Result<(), FieldError> {
    each_path(mask, |path| {
        match path {
            "allow_messages_from_unknown" => settings.allow_messages_from_unknown = new.allow_messages_from_unknown,
            "email_notifications" => settings.email_notifications = new.email_notifications,
            "is_full_name_visible" => settings.is_full_name_visible = new.is_full_name_visible,
            "blocked_account_ids" => settings.blocked_account_ids = blocked(caller, &new.blocked_account_ids)?,
            _ => return Err(unknown_path(path)),
        }
        Ok(())
    })
}

/// Sets the settings of an organization's account that the mask names.
pub(crate) fn update_organization(
    settings: &mut OrganizationSettings,
    new: OrganizationSettings,
    mask: &[String],
) -> Result<(), FieldError> {
    each_path(mask, |path| {
        match path {
            "allow_messages_from_unknown" => settings.allow_messages_from_unknown = new.allow_messages_from_unknown,
            "email_notifications" => settings.email_notifications = new.email_notifications,
            "is_nonprofit" => settings.is_nonprofit = new.is_nonprofit,
            _ => return Err(unknown_path(path)),
        }
        Ok(())
    })
}

fn blocked(caller: Uuid, ids: &[String]) -> Result<Vec<String>, FieldError> {
    fields::list(BLOCKED_FIELD, ids.len(), MAX_BLOCKED)?;
    let mut unique = Vec::new();
    for id in ids {
        let id = fields::id(BLOCKED_FIELD, id)?;
        if id == caller {
            return Err(FieldError::new(BLOCKED_FIELD, "has the account's own id"));
        }
        if !unique.contains(&id.to_string()) {
            unique.push(id.to_string());
        }
    }
    Ok(unique)
}
