//! What is to be done after a commit.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::registration::Owner;

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Message {
    /// Send a link that verifies the address, if it has an account that waits for one.
    VerificationMail {
        /// The address.
        email: String,
    },
    /// Send a link to choose a new password, if the address has an account.
    PasswordResetMail {
        /// The address.
        email: String,
    },
    /// Make the account of somebody who registered.
    CreateAccount {
        /// Its id.
        account_id: Uuid,
        /// Its address.
        email: String,
        /// When it was registered.
        created_at: DateTime<Utc>,
        /// Whose it is.
        owner: Owner,
    },
}
