//! Changes of settings.

use connectus_platform::fields::FieldError;
use connectus_proto::account::v1::{OrganizationSettings, UserSettings};
use uuid::Uuid;

use super::{each_path, others, unknown_path};

/// How many accounts one can have blocked.
pub(crate) const MAX_BLOCKED: usize = 1000;

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
            "share_with_communities" => settings.share_with_communities = new.share_with_communities,
            "blocked_account_ids" => {
                settings.blocked_account_ids = others(BLOCKED_FIELD, &new.blocked_account_ids, MAX_BLOCKED, caller)?;
            }
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
