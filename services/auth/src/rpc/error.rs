//! The one place where an error of auth becomes a gRPC status.

use std::time::Duration;

use connectus_platform::{
    identity::Refusal,
    status::{self, RETRY_DELAY},
};
use connectus_proto::common::v1::ErrorReason;
use tonic::{Code, Status};

use crate::domain::Error;

/// When another key may have room: those before go when the last token that they signed has expired.
const KEY_RETRY_DELAY: Duration = Duration::from_mins(10);

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let (code, reason, message) = match error {
            Error::InvalidFields(errors) => return status::invalid_fields(errors),
            Error::Store(error) => return status::store_failure(&error),
            Error::Internal(cause) => return status::internal(cause),
            Error::Overloaded => return status::overloaded(RETRY_DELAY),
            Error::SessionOver => return Refusal::Invalid.into(),
            Error::TooManyAttempts(wait) => return status::too_many_attempts(wait),
            Error::TooManyKeys => return status::overloaded(KEY_RETRY_DELAY),
            Error::AccountTypeInvalid => {
                (Code::InvalidArgument, ErrorReason::AccountTypeInvalid, "whose account it is must be said")
            }
            Error::EmailTaken => (Code::AlreadyExists, ErrorReason::EmailTaken, "the address has an account already"),
            Error::LoginRefused => {
                (Code::Unauthenticated, ErrorReason::LoginRefused, "unknown account or wrong password")
            }
            Error::LoginEmailUnverified => {
                (Code::FailedPrecondition, ErrorReason::LoginEmailUnverified, "the address is not verified yet")
            }
            Error::LinkInvalid => {
                (Code::InvalidArgument, ErrorReason::LinkInvalid, "the link does not work, or not any more")
            }
            Error::LinkAccountGone => (Code::NotFound, ErrorReason::LinkAccountGone, "the account is gone"),
            Error::AccountLocked => {
                (Code::PermissionDenied, ErrorReason::AccountLocked, "an operator has locked the account")
            }
            Error::PasswordWrong => (Code::PermissionDenied, ErrorReason::PasswordWrong, "the password is wrong"),
            Error::SessionNotFound => (Code::NotFound, ErrorReason::SessionNotFound, "there is no such session"),
            Error::AccountNotFound => (Code::NotFound, ErrorReason::AccountNotFound, "there is no such account"),
            Error::AccountDeleted => (
                Code::FailedPrecondition,
                ErrorReason::AccountDeleted,
                "the account was deleted, and is not brought back",
            ),
            Error::MessageNotFound => (Code::NotFound, ErrorReason::MessageNotFound, "there is no such dead message"),
            Error::MailNotAccepted(error) => {
                tracing::error!(%error, "a mail cannot be queued");
                (Code::Internal, ErrorReason::MailNotAccepted, "the mail could not be queued")
            }
        };
        status::failure(code, reason, message)
    }
}
