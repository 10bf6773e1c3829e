//! What can go wrong in the social service.

use std::time::Duration;

use connectus_platform::{fields::FieldError, store::StoreError};

/// What can go wrong in the social service.
#[derive(Debug, PartialEq)]
pub(crate) enum Error {
    /// Fields of the request are missing or invalid.
    InvalidFields(Vec<FieldError>),
    /// There is no such account, or it does not want to be seen by the caller.
    AccountNotFound,
    /// There is no such post, or it is not for the caller to see.
    PostNotFound,
    /// The caller has no such notification.
    NotificationNotFound,
    /// The token of an unsubscribe link is forged or malformed.
    LinkInvalid,
    /// The caller has as many streams open as there may be.
    TooManyStreams,
    /// Too much was posted, or made of posts; how long to wait.
    TooManyAttempts(Duration),
    /// The account service does not answer.
    AccountUnavailable,
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
