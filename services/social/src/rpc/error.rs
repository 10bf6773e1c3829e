//! The one place where an error of the social service becomes a gRPC status.

use connectus_platform::status;
use connectus_proto::common::v1::ErrorReason;
use tonic::{Code, Status};

use crate::domain::Error;

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let (code, reason, message) = match error {
            Error::InvalidFields(errors) => return status::invalid_fields(errors),
            Error::Store(error) => return status::store_failure(&error),
            Error::TooManyAttempts(wait) => return status::too_many_attempts(wait),
            Error::AccountNotFound => (Code::NotFound, ErrorReason::AccountNotFound, "there is no such account"),
            Error::PostNotFound => (Code::NotFound, ErrorReason::PostNotFound, "there is no such post"),
            Error::NotificationNotFound => {
                (Code::NotFound, ErrorReason::NotificationNotFound, "there is no such notification")
            }
            Error::MessageNotFound => (Code::NotFound, ErrorReason::MessageNotFound, "there is no such dead message"),
            Error::LinkInvalid => (Code::InvalidArgument, ErrorReason::LinkInvalid, "the link does not work"),
            Error::TooManyStreams => {
                (Code::ResourceExhausted, ErrorReason::LimitReached, "there are too many streams of this account")
            }
            Error::AccountUnavailable => {
                (Code::Unavailable, ErrorReason::Unavailable, "accounts cannot be looked up now")
            }
        };
        status::failure(code, reason, message)
    }
}
