//! What happens to the security of accounts, and is written down.

use chrono::{DateTime, Utc};
use connectus_platform::client::Client;
use uuid::Uuid;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    /// The account was registered.
    Registered,
    /// Somebody tried to register with its address.
    RegisteredAgain,
    /// A session began.
    LoggedIn,
    /// The password was wrong.
    PasswordRefused,
    /// There were too many attempts.
    Throttled,
    /// The address was verified.
    EmailVerified,
    /// A link to choose a new password was asked for.
    PasswordResetRequested,
    /// A new password was chosen by a mailed link.
    PasswordReset,
    /// The password was changed.
    PasswordChanged,
    /// A change of the address was asked for.
    EmailChangeRequested,
    /// The new address was verified.
    EmailChanged,
    /// A change of the address was undone.
    EmailChangeUndone,
    /// A session was ended.
    SessionEnded,
    /// Every session was ended.
    SessionsEnded,
    /// Everything that is held about the account was exported.
    DataExported,
    /// The account was deleted.
    Deleted,
    /// An operator locked it.
    Locked,
    /// An operator unlocked it.
    Unlocked,
    /// An operator made a new signing key.
    KeysRotated,
    /// It was imported from the former system.
    Imported,
}

impl EventKind {
    /// All there are, with their names in the database.
    const NAMES: [(Self, &'static str); 20] = [
        (Self::Registered, "registered"),
        (Self::RegisteredAgain, "registered_again"),
        (Self::LoggedIn, "logged_in"),
        (Self::PasswordRefused, "password_refused"),
        (Self::Throttled, "throttled"),
        (Self::EmailVerified, "email_verified"),
        (Self::PasswordResetRequested, "password_reset_requested"),
        (Self::PasswordReset, "password_reset"),
        (Self::PasswordChanged, "password_changed"),
        (Self::EmailChangeRequested, "email_change_requested"),
        (Self::EmailChanged, "email_changed"),
        (Self::EmailChangeUndone, "email_change_undone"),
        (Self::SessionEnded, "session_ended"),
        (Self::SessionsEnded, "sessions_ended"),
        (Self::DataExported, "data_exported"),
        (Self::Deleted, "deleted"),
        (Self::Locked, "locked"),
        (Self::Unlocked, "unlocked"),
        (Self::KeysRotated, "keys_rotated"),
        (Self::Imported, "imported"),
    ];

    /// Its name in the database.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind of that name in the database, unless a newer version wrote it.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

/// Something that happens now.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// The account that it happens to, if there is one.
    pub(crate) account_id: Option<Uuid>,
    /// What happens.
    pub(crate) kind: EventKind,
    /// From where.
    pub(crate) client: Client,
    /// The operator who does it, or empty.
    pub(crate) operator: String,
    /// What there is to say about it, or empty.
    pub(crate) detail: String,
}

impl Event {
    /// What happens to an account by the client's own doing.
    pub(crate) fn new(account_id: Uuid, kind: EventKind, client: Client) -> Self {
        Self { account_id: Some(account_id), kind, client, operator: String::new(), detail: String::new() }
    }

    /// What an operator does.
    pub(crate) fn by_operator(account_id: Option<Uuid>, kind: EventKind, operator: &str, detail: &str) -> Self {
        let (operator, detail) = (operator.to_owned(), detail.to_owned());
        Self { account_id, kind, client: Client::default(), operator, detail }
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) struct PastEvent {
    /// Its id.
    pub(crate) id: Uuid,
    /// The account that it happened to, if there is one.
    pub(crate) account_id: Option<Uuid>,
    /// What happened, if this version knows it.
    pub(crate) kind: Option<EventKind>,
    /// When.
    pub(crate) created_at: DateTime<Utc>,
    /// The network address that it came from, or empty.
    pub(crate) client_address: String,
    /// What the device said it is, or empty.
    pub(crate) device: String,
    /// The operator who did it, or empty.
    pub(crate) operator: String,
    /// What there is to say about it, or empty.
    pub(crate) detail: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for (kind, name) in EventKind::NAMES {
            assert_eq!((kind.name(), EventKind::of_name(name)), (name, Some(kind)));
        }
        assert_eq!(EventKind::of_name("unheard_of"), None);
    }
}
