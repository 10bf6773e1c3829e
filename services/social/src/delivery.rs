//! What the social service does after a commit.

use connectus_platform::{
    outbox::{DeliveryError, Handler},
    service::Outgoing,
    store::Pool,
};
use uuid::Uuid;

use crate::{Config, accounts::Accounts, domain::message::Message, store};

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

    /// Tells the account service what an account's posts come to by now.
    async fn tell_counts(&self, account_id: Uuid) -> Result<(), DeliveryError> {
        match store::counts::find(&self.pool, account_id).await? {
            Some(counts) => self.accounts.set_post_counts(account_id, &counts).await,
            // It is erased.
            None => Ok(()),
        }
    }
}

impl Handler for Delivery {
    type Message = Message;

    async fn deliver(&self, _id: Uuid, message: Message) -> Result<(), DeliveryError> {
        match message {
            Message::TellCounts { account_id } => self.tell_counts(account_id).await,
            Message::NotificationMail { .. } | Message::DigestMail { .. } => {
                Err(DeliveryError::Retry("not yet".to_owned()))
            }
        }
    }
}
