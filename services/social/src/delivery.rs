//! What the social service does after a commit.

use connectus_platform::{
    outbox::{DeliveryError, Handler},
    service::Outgoing,
    store::Pool,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Config, accounts::Accounts};

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Message {
    /// Tell the account service what the posts of an account come to.
    TellCounts {
        /// The account.
        account_id: Uuid,
    },
    /// Mail a notification that waits for an answer.
    NotificationMail {
        /// The notification.
        notification_id: Uuid,
    },
    /// Mail an account what it has been notified of since the last time.
    DigestMail {
        /// The account.
        account_id: Uuid,
    },
}

/// Delivers the service's messages.
pub(crate) struct Delivery {
    pool: Pool,
    outgoing: Outgoing,
    accounts: Accounts,
    digest_interval: std::time::Duration,
}

impl Delivery {
    pub(crate) fn new(config: &Config, pool: Pool, outgoing: Outgoing, accounts: Accounts) -> Self {
        Self { pool, outgoing, accounts, digest_interval: config.digest_interval() }
    }
}

impl Handler for Delivery {
    type Message = Message;

    async fn deliver(&self, _id: Uuid, message: Message) -> Result<(), DeliveryError> {
        match message {
            Message::TellCounts { .. } | Message::NotificationMail { .. } | Message::DigestMail { .. } => {
                Err(DeliveryError::Retry("not yet".to_owned()))
            }
        }
    }
}
