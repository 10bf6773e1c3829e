//! What can go wrong in auth.

use std::time::Duration;

use connectus_platform::{fields::FieldError, store::StoreError};

/// What can go wrong in auth.
#[derive(Debug, PartialEq)]
pub(crate) enum Error {
    /// Fields of the request are missing or invalid.
    InvalidFields(Vec<FieldError>),
    /// It was not said whose account to register.
    AccountTypeInvalid,
    /// The address has an account already.
    EmailTaken,
    /// Unknown account, or wrong password.
    LoginRefused,
    /// Right password, unverified address.
    LoginEmailUnverified,
    /// The link's token is malformed, forged, expired, used or withdrawn.
    LinkInvalid,
    /// The account that the link was for is gone.
    LinkAccountGone,
    /// The mail that belongs to the change could not be queued.
    MailNotAccepted(StoreError),
    /// The password was right, but an operator has locked the account.
    AccountLocked,
    /// The password that was asked for again is wrong.
    PasswordWrong,
    /// The caller's session is over.
    SessionOver,
    /// The caller has no such session.
    SessionNotFound,
    /// There is no such account.
    AccountNotFound,
    /// The account was deleted, and is not brought back.
    AccountDeleted,
    /// There is no such dead message.
    MessageNotFound,
    /// There were too many attempts; so long is to be waited for the next one.
    TooManyAttempts(Duration),
    /// Too many passwords wait to be hashed.
    Overloaded,
    /// No more signing keys can be published for now.
    TooManyKeys,
    /// The database failed.
    Store(StoreError),
    /// Something that cannot happen did.
    Internal(String),
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
