//! The rpcs of the social service: a folder or file for each of its contracts.

mod admin;
mod erase_account;
mod error;
mod internal;
mod list_dead_messages;
mod notifications;
mod notify;
mod posts;
mod requeue_dead_messages;

use chrono::TimeDelta;
use connectus_platform::{access::AccessFeed, identity::ServiceIdentity, outbox::Outbox, store::Pool};
use tokio_util::sync::CancellationToken;
use tonic::{Response, Status};

use crate::{
    accounts::Accounts,
    delivery::Delivery,
    domain::notification::{Announcement, News},
    live::Live,
};

/// What the rpcs work with.
#[derive(Clone)]
pub(crate) struct Social {
    /// The database.
    pub(crate) pool: Pool,
    /// The account service.
    pub(crate) accounts: Accounts,
    /// What follows a commit.
    pub(crate) outbox: Outbox<Delivery>,
    /// Who listens to their notifications.
    pub(crate) live: Live,
    /// Which tokens are good.
    pub(crate) access: AccessFeed,
    /// What seals the links of mails.
    pub(crate) identity: ServiceIdentity,
    /// Cancelled when streams are to end.
    pub(crate) closing: CancellationToken,
    /// How long a digest waits for more to tell of.
    pub(crate) digest_interval: TimeDelta,
}

impl Social {
    /// What is new, to be told.
    fn announcement(&self, news: Vec<News>) -> Announcement {
        Announcement { news, digest_interval: self.digest_interval }
    }
}

type Answer<T> = Result<Response<T>, Status>;
