//! The rpcs of the social service: a folder or file for each of its contracts.

mod admin;
mod error;
mod internal;
mod notifications;
mod posts;

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
