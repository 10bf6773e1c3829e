//! The rpcs of the community service: a folder or file for each of its contracts.

mod admin;
mod api;
mod error;
mod internal;
mod management;

use chrono::TimeDelta;
use connectus_platform::store::Pool;
use tonic::{Response, Status};

use crate::{budget::Budget, ingestion::Wake, tokens::Signer};

/// What the rpcs work with.
#[derive(Clone)]
pub(crate) struct Communities {
    /// The database.
    pub(crate) pool: Pool,
    /// The tokens of the Community API.
    pub(crate) signer: Signer,
    /// What is to be worked on.
    pub(crate) wake: Wake,
    /// Who is to be looked at.
    pub(crate) volunteers: Wake,
    /// How many calls a token may make.
    pub(crate) budget: Budget,
    /// How long after it was asked for a member is forgotten.
    pub(crate) anonymize_after: TimeDelta,
}

type Answer<T> = Result<Response<T>, Status>;
