//! The one place where an error of the experience service becomes a gRPC status.

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
            Error::UserAccountRequired => {
                (Code::PermissionDenied, ErrorReason::UserAccountRequired, "this is for people's accounts")
            }
            Error::OrganizationAccountRequired => (
                Code::PermissionDenied,
                ErrorReason::OrganizationAccountRequired,
                "this is for organizations' accounts",
            ),
            Error::UserNotFound => (Code::NotFound, ErrorReason::UserNotFound, "there is no such user account"),
            Error::OrganizationNotFound => {
                (Code::NotFound, ErrorReason::OrganizationNotFound, "there is no such organization account")
            }
            Error::ExperienceNotFound => {
                (Code::NotFound, ErrorReason::ExperienceNotFound, "there is no such experience")
            }
            Error::ValidationNotFound => {
                (Code::NotFound, ErrorReason::ValidationNotFound, "no request waits for this decision")
            }
            Error::OpportunityNotFound => {
                (Code::NotFound, ErrorReason::OpportunityNotFound, "there is no such opportunity")
            }
            Error::OpportunityOfAnotherOrganization => (
                Code::FailedPrecondition,
                ErrorReason::OpportunityOfAnotherOrganization,
                "the opportunity is another organization's",
            ),
            Error::ShiftNotFound => (Code::NotFound, ErrorReason::ShiftNotFound, "there is no such shift"),
            Error::ShiftOver => (Code::FailedPrecondition, ErrorReason::ShiftOver, "the shift is over"),
            Error::InterestNotFound => {
                (Code::NotFound, ErrorReason::InterestNotFound, "the caller has shown no such interest")
            }
            Error::LimitReached => {
                (Code::FailedPrecondition, ErrorReason::LimitReached, "there are as many as there may be")
            }
            Error::MessageNotFound => (Code::NotFound, ErrorReason::MessageNotFound, "there is no such dead message"),
            Error::LinkInvalid => {
                (Code::InvalidArgument, ErrorReason::LinkInvalid, "the link does not work, or not any more")
            }
            Error::AccountUnavailable => {
                (Code::Unavailable, ErrorReason::Unavailable, "accounts cannot be looked up now")
            }
            Error::MailNotAccepted(error) => {
                tracing::error!(%error, "a mail cannot be queued");
                (Code::Internal, ErrorReason::MailNotAccepted, "the mail could not be queued")
            }
        };
        status::failure(code, reason, message)
    }
}
