//! What can go wrong in the experience service.

use std::time::Duration;

use connectus_platform::{fields::FieldError, store::StoreError};

/// What can go wrong in the experience service.
#[derive(Debug, PartialEq)]
pub(crate) enum Error {
    /// Fields of the request are missing or invalid.
    InvalidFields(Vec<FieldError>),
    /// The caller's account is not a person's.
    UserAccountRequired,
    /// The caller's account is not an organization's.
    OrganizationAccountRequired,
    /// There is no such person, as the caller may see it.
    UserNotFound,
    /// There is no such organization, as the caller may see it.
    OrganizationNotFound,
    /// The person has no such experience.
    ExperienceNotFound,
    /// Nothing waits for the caller's decision.
    ValidationNotFound,
    /// There is no such opportunity, or it is not the caller's to change.
    OpportunityNotFound,
    /// The opportunity is another organization's than the one that is asked to confirm.
    OpportunityOfAnotherOrganization,
    /// The opportunity has no such shift.
    ShiftNotFound,
    /// The shift is over.
    ShiftOver,
    /// The caller has said nothing about the opportunity or the shift.
    InterestNotFound,
    /// There are as many as there may be of what would be added.
    LimitReached,
    /// The link's token is malformed, expired, used or withdrawn.
    LinkInvalid,
    /// There is no such message among the dead ones.
    MessageNotFound,
    /// What others are told of was done too often; how long to wait.
    TooManyAttempts(Duration),
    /// The mail that belongs to the change could not be queued.
    MailNotAccepted(StoreError),
    /// The account service does not answer.
    AccountUnavailable,
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
