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
        /// The network address that asked for it, or empty.
        #[serde(default)]
        client_address: String,
        /// What the device that asked says it is, or empty.
        #[serde(default)]
        device: String,
    },
    /// Tell an address that it has an account already, with a link to choose a new password.
    AlreadyRegisteredMail {
        /// The address.
        email: String,
    },
    /// Tell somebody that their password was changed.
    PasswordChangedMail {
        /// The address.
        email: String,
    },
    /// Send a link that verifies the address that an account is to be changed to, unless the change is withdrawn.
    EmailChangeMail {
        /// The change.
        change_id: Uuid,
    },
    /// Tell the address before that it is being changed, with a link that undoes it.
    EmailChangeNotice {
        /// The change.
        change_id: Uuid,
    },
    /// Tell the account service of an account's address.
    SetEmail {
        /// The account.
        account_id: Uuid,
        /// The address.
        email: String,
        /// The number of the change.
        version: i32,
    },
    /// Have a service remove what it holds about an account that was deleted.
    EraseAccount {
        /// The account.
        account_id: Uuid,
        /// The service.
        service: Peer,
    },
    /// Tell the community service that an account's address is verified.
    RefreshVolunteer {
        /// The account.
        account_id: Uuid,
    },
    /// Tell somebody that their account was deleted.
    DeletedMail {
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

/// A service that holds something about accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Peer {
    /// The account service.
    Account,
    /// The experience service.
    Experience,
    /// The social service.
    Social,
    /// The community service.
    Community,
}
