//! What the social service does after a commit.

mod mailing;

use connectus_platform::{
    outbox::{DeliveryError, Handler},
    service::{Outgoing, Resources},
    store::Pool,
};
use uuid::Uuid;

use crate::{Config, accounts::Accounts, domain::message::Message};
use mailing::Mailing;

/// Delivers the service's messages.
pub(crate) struct Delivery {
    pool: Pool,
    accounts: Accounts,
    mailing: Mailing,
}

impl Delivery {
    pub(crate) fn new(config: &Config, resources: &Resources, outgoing: &Outgoing, accounts: Accounts) -> Self {
        let mailing = Mailing::new(config, resources, outgoing, accounts.clone());
        Self { pool: resources.pool.clone(), accounts, mailing }
    }
}

impl Handler for Delivery {
    type Message = Message;

    async fn deliver(&self, id: Uuid, message: Message) -> Result<(), DeliveryError> {
        match message {
            Message::TellCounts { .. } => Err(DeliveryError::Retry("not yet".to_owned())),
            Message::NotificationMail { notification_id, .. } => self.mailing.mail_one(id, notification_id).await,
            Message::DigestMail { account_id } => self.mailing.mail_digest(id, account_id).await,
        }
    }
}
