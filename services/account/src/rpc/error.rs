//! The one place where an error of the account service becomes a gRPC status.

use connectus_platform::status;
use connectus_proto::common::v1::ErrorReason;
use tonic::{Code, Status};

use crate::domain::Error;

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidFields(errors) => status::invalid_fields(errors),
            Error::AccountNotFound => {
                status::failure(Code::NotFound, ErrorReason::AccountNotFound, "there is no such account")
            }
            Error::OrganizationNotFound => status::failure(
                Code::NotFound,
                ErrorReason::OrganizationNotFound,
                "there is no such organization account",
            ),
            Error::AccountNotYetKnown => {
                status::failure(Code::Unavailable, ErrorReason::Unavailable, "there is no such account yet")
            }
            Error::MessageNotFound => {
                status::failure(Code::NotFound, ErrorReason::MessageNotFound, "there is no such dead message")
            }
            Error::Store(error) => status::store_failure(&error),
        }
    }
}
