//! An account's credentials.

use chrono::{DateTime, TimeDelta, Utc};
use connectus_platform::{ids, token::TokenAccountType};
use uuid::Uuid;

/// An account's credentials.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// Its id.
    pub(crate) id: Uuid,
    /// Its e-mail address, as it was written.
    pub(crate) email: String,
    /// Its password's hash: an argon2id PHC string, or a bcrypt one from the former system.
    pub(crate) password_hash: String,
    /// Its type.
    pub(crate) account_type: TokenAccountType,
    /// When its address was verified.
    pub(crate) email_verified_at: Option<DateTime<Utc>>,
    /// The generation that its tokens are made in.
    pub(crate) session_generation: i32,
    /// Since when nobody may log in to it.
    pub(crate) locked_at: Option<DateTime<Utc>>,
}

/// A change of an account's address.
#[derive(Clone, Debug)]
pub(crate) struct EmailChange {
    /// Its id: later changes have greater ones.
    pub(crate) id: Uuid,
    /// The account.
    pub(crate) account_id: Uuid,
    /// The address before.
    pub(crate) old_email: String,
    /// The address after.
    pub(crate) new_email: String,
    /// Whether the new address is verified.
    pub(crate) is_confirmed: bool,
}

/// For how long a change of an address can be undone.
pub(crate) const UNDO_TTL: TimeDelta = TimeDelta::days(7);

/// How somebody says which account is theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LoginId {
    /// By its id.
    Account(Uuid),
    /// By its address, in lower case.
    Email(String),
}

impl LoginId {
    /// Reads what somebody wrote; what is no UUID is taken for an address.
    pub(crate) fn new(written: &str) -> Self {
        match ids::parse(written.trim()) {
            Some(id) => Self::Account(id),
            None => Self::Email(email_key(written)),
        }
    }
}

/// The form of an address in which accounts are told apart. NUL, which no address has, is left out, since PostgreSQL
/// refuses it.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase().replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_told_from_an_address() {
        let id = Uuid::now_v7();
        assert_eq!(LoginId::new(&id.to_string()), LoginId::Account(id));
        assert_eq!(LoginId::new(" Ann@Example.ORG "), LoginId::Email("ann@example.org".to_owned()));
    }
}
