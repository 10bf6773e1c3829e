//! The rpcs of the social service: a folder or file for each of its contracts.

mod admin;
mod erase_account;
mod error;
mod internal;
mod list_dead_messages;
mod notifications;
mod posts;
mod requeue_dead_messages;

use connectus_platform::{outbox::Outbox, store::Pool};
use tonic::{Response, Status};

use crate::{accounts::Accounts, delivery::Delivery};

/// What the rpcs work with.
#[derive(Clone)]
pub(crate) struct Social {
    /// The database.
    pub(crate) pool: Pool,
    /// The account service.
    pub(crate) accounts: Accounts,
    /// What follows a commit.
    pub(crate) outbox: Outbox<Delivery>,
}

type Answer<T> = Result<Response<T>, Status>;
