//! What the social service does after a commit.

mod mailing;

use connectus_platform::{
    outbox::{DeliveryError, Handler},
    service::{Outgoing, Resources},
    store::Pool,
};
use uuid::Uuid;

use crate::{Config, accounts::Accounts, addresses::Addresses, domain::message::Message, requests::Requests, store};
use mailing::Mailing;

/// The services that are asked before something is mailed.
pub(crate) struct Peers {
    /// Who is who.
    pub(crate) accounts: Accounts,
    /// Where they read mails.
    pub(crate) addresses: Addresses,
    /// What they are still to answer.
    pub(crate) requests: Requests,
}

/// Delivers the service's messages.
pub(crate) struct Delivery {
    pool: Pool,
    accounts: Accounts,
    mailing: Mailing,
}

impl Delivery {
    pub(crate) fn new(config: &Config, resources: &Resources, outgoing: &Outgoing, peers: Peers) -> Self {
        let accounts = peers.accounts.clone();
        let mailing = Mailing::new(config, resources, outgoing, peers);
        Self { pool: resources.pool.clone(), accounts, mailing }
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

    async fn deliver(&self, id: Uuid, message: Message) -> Result<(), DeliveryError> {
        match message {
            Message::TellCounts { account_id } => self.tell_counts(account_id).await,
            Message::ForgetPost { post_id } => Ok(store::forgetting::forget(&self.pool, post_id).await?),
            Message::NotificationMail { notification_id, .. } => self.mailing.mail_one(id, notification_id).await,
            Message::DigestMail { account_id } => self.mailing.mail_digest(account_id).await,
        }
    }
}
