//! The one place where an error of the community service becomes a gRPC status.

use connectus_platform::status;
use connectus_proto::common::v1::ErrorReason;
use tonic::{Code, Status};

use crate::domain::Error;

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let (code, reason, message) = match error {
            Error::InvalidFields(errors) => return status::invalid_fields(errors),
            Error::Store(error) => return status::store_failure(&error),
            Error::OrganizationAccountRequired => (
                Code::PermissionDenied,
                ErrorReason::OrganizationAccountRequired,
                "this is for organizations' accounts",
            ),
            Error::CommunityNotFound => {
                (Code::NotFound, ErrorReason::CommunityNotFound, "the caller has no such community")
            }
            Error::TokenInvalid => {
                (Code::Unauthenticated, ErrorReason::CommunityTokenInvalid, "the community's token is not valid")
            }
            Error::SourceNotFound => (Code::NotFound, ErrorReason::SourceNotFound, "there is no such source"),
            Error::MemberNotFound => (Code::NotFound, ErrorReason::MemberNotFound, "there is no such member"),
            Error::TagNotFound => (Code::NotFound, ErrorReason::TagNotFound, "there is no such tag"),
            Error::SegmentNotFound => (Code::NotFound, ErrorReason::SegmentNotFound, "there is no such segment"),
            Error::NameTaken => (Code::AlreadyExists, ErrorReason::NameTaken, "the name is taken"),
            Error::LimitReached => {
                (Code::FailedPrecondition, ErrorReason::LimitReached, "there are as many as there may be")
            }
            Error::ApiTokenNotFound => (Code::NotFound, ErrorReason::ApiTokenNotFound, "there is no such token"),
            Error::MergeNotFound => (Code::NotFound, ErrorReason::MergeNotFound, "there is no such merge"),
            Error::MessageNotFound => (Code::NotFound, ErrorReason::MessageNotFound, "there is no such dead message"),
        };
        status::failure(code, reason, message)
    }
}
