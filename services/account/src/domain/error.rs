//! What can go wrong in the account service.

use connectus_platform::{fields::FieldError, store::StoreError};

/// What can go wrong in the account service.
#[derive(Debug, PartialEq)]
pub(crate) enum Error {
    /// Fields of the request are missing or invalid.
    InvalidFields(Vec<FieldError>),
    /// There is no such account, or it does not want to be seen by the caller.
    AccountNotFound,
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
