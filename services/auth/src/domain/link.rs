//! Mailed links that prove that somebody reads an address.

use chrono::TimeDelta;
use connectus_platform::token::ISSUER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::account::UNDO_TTL;

/// How long a mailed link works.
const LINK_TTL: TimeDelta = TimeDelta::hours(12);

/// The longest that any link works.
pub(crate) const MAX_LINK_TTL: TimeDelta = UNDO_TTL;

/// What a mailed link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To prove that the address is one's own.
    VerifyEmail,
    /// To choose a new password.
    ResetPassword,
    /// To get an address back that was changed.
    UndoEmailChange,
}

impl Purpose {
    /// The `aud` of its tokens, so that one is never taken for another, nor for an access token.
    pub(crate) fn audience(self) -> &'static str {
        match self {
            Self::VerifyEmail => "connectus/verify-email",
            Self::ResetPassword => "connectus/reset-password",
            Self::UndoEmailChange => "connectus/undo-email-change",
        }
    }

    /// Its name in the database.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
            Self::UndoEmailChange => "undo_email_change",
        }
    }

    /// How long such a link works.
    pub(crate) fn ttl(self) -> TimeDelta {
        match self {
            Self::VerifyEmail | Self::ResetPassword => LINK_TTL,
            Self::UndoEmailChange => UNDO_TTL,
        }
    }
}

/// What the token of a mailed link says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LinkClaims {
    iss: String,
    aud: String,
    /// The account.
    pub(crate) sub: Uuid,
    jti: Uuid,
    exp: i64,
}

impl LinkClaims {
    /// The claims of a link with its own id, which expires at `exp` (Unix seconds).
    pub(crate) fn new(purpose: Purpose, account_id: Uuid, id: Uuid, exp: i64) -> Self {
        Self { iss: ISSUER.to_owned(), aud: purpose.audience().to_owned(), sub: account_id, jti: id, exp }
    }
}

/// What is stored of a link's token: enough to know it again, and not to use it.
pub(crate) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}
