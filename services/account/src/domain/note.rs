//! Notes that operators leave about accounts.

use chrono::{DateTime, Utc};
use connectus_platform::fields::{self, FieldError};
use uuid::Uuid;

/// A note about an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// Its id, a UUIDv7.
    pub(crate) id: Uuid,
    /// The account.
    pub(crate) account_id: Uuid,
    /// What it says.
    pub(crate) text: String,
    /// Who left it.
    pub(crate) operator: String,
    /// When.
    pub(crate) created_at: DateTime<Utc>,
}

/// What a note says, checked.
pub(crate) fn text(text: &str) -> Result<String, FieldError> {
    fields::text("text", text, 1..=5000)
}

/// Who does something, checked.
pub(crate) fn operator(operator: &str) -> Result<String, FieldError> {
    fields::text("operator", operator, 1..=100)
}

/// What is noted when an operator says whether they vouch for an organization.
pub(crate) fn on_verification(is_verified: bool) -> &'static str {
    if is_verified { "Verified who the organization is." } else { "No longer vouches for who the organization is." }
}
