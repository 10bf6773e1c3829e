//! What can go wrong in the account service.

use std::time::Duration;

use connectus_platform::{fields::FieldError, store::StoreError};

/// What can go wrong in the account service.
#[derive(Debug, PartialEq)]
pub(crate) enum Error {
    /// Fields of the request are missing or invalid.
    InvalidFields(Vec<FieldError>),
    /// There is no such account, or it does not want to be seen by the caller.
    AccountNotFound,
    /// The caller's account is not a person's.
    UserAccountRequired,
    /// What is asked is about another account than the caller's own.
    OwnAccount,
    /// There are as many as there may be.
    LimitReached,
    /// Too many were asked to connect, or one too often; how long to wait.
    TooManyRequests(Duration),
    /// Nobody has asked the caller to connect, or not any more.
    ConnectionRequestNotFound,
    /// The caller has asked the account already.
    ConnectionAlreadyRequested,
    /// The two are connected already.
    AlreadyConnected,
    /// The two are not connected, and the caller has not asked to be.
    ConnectionNotFound,
    /// The account takes no messages from strangers.
    MessageNotAllowed,
    /// The caller has blocked the account.
    AccountBlocked,
    /// There is no such organization account.
    OrganizationNotFound,
    /// There is no such account, or none yet.
    AccountNotYetKnown,
    /// There is no such message among those put aside as dead.
    MessageNotFound,
    /// The database failed.
    Store(StoreError),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        Self::InvalidFields(vec![error])
    }
}
