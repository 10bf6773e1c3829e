//! The one place where an error of the account service becomes a gRPC status.

use connectus_platform::status;
use connectus_proto::common::v1::ErrorReason;
use tonic::{Code, Status};

use crate::domain::Error;

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let (code, reason, message) = match error {
            Error::InvalidFields(errors) => return status::invalid_fields(errors),
            Error::TooManyRequests(wait) => return status::too_many_attempts(wait),
            Error::Store(error) => return status::store_failure(&error),
            Error::AccountNotFound => (Code::NotFound, ErrorReason::AccountNotFound, "there is no such account"),
            Error::UserAccountRequired => {
                (Code::PermissionDenied, ErrorReason::UserAccountRequired, "this is for people's accounts")
            }
            Error::OwnAccount => {
                (Code::FailedPrecondition, ErrorReason::OwnAccount, "this is about another account than one's own")
            }
            Error::LimitReached => {
                (Code::FailedPrecondition, ErrorReason::LimitReached, "there are as many as there may be")
            }
            Error::ConnectionRequestNotFound => {
                (Code::NotFound, ErrorReason::ConnectionRequestNotFound, "the account has not asked to connect")
            }
            Error::ConnectionAlreadyRequested => {
                (Code::AlreadyExists, ErrorReason::ConnectionAlreadyRequested, "the account was asked already")
            }
            Error::AlreadyConnected => {
                (Code::AlreadyExists, ErrorReason::AlreadyConnected, "the two are connected already")
            }
            Error::ConnectionNotFound => {
                (Code::NotFound, ErrorReason::ConnectionNotFound, "the two have nothing to do with each other")
            }
            Error::MessageNotAllowed => (
                Code::FailedPrecondition,
                ErrorReason::MessageNotAllowed,
                "the account takes no messages from strangers",
            ),
            Error::AccountBlocked => {
                (Code::FailedPrecondition, ErrorReason::AccountBlocked, "the caller has blocked the account")
            }
            Error::MessageNotFound => (Code::NotFound, ErrorReason::MessageNotFound, "there is no such dead message"),
            Error::OrganizationNotFound => {
                (Code::NotFound, ErrorReason::OrganizationNotFound, "there is no such organization account")
            }
            Error::AccountNotYetKnown => (Code::Unavailable, ErrorReason::Unavailable, "there is no such account yet"),
        };
        status::failure(code, reason, message)
    }
}
