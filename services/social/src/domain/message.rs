//! What is to be done after a commit.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Message {
    /// Tell the account service what the posts of an account come to.
    TellCounts {
        /// The account.
        account_id: Uuid,
    },
    /// Delete what others made of a post that is gone. The database writes it with the deletion of each post.
    ForgetPost {
        /// The post.
        post_id: Uuid,
    },
    /// Mail a notification that waits for an answer.
    NotificationMail {
        /// Whom it is for.
        account_id: Uuid,
        /// The notification.
        notification_id: Uuid,
    },
    /// Mail an account what it has been notified of since the last time.
    DigestMail {
        /// The account.
        account_id: Uuid,
    },
}
