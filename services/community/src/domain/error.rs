//! What can go wrong in the community service.

use connectus_platform::{fields::FieldError, store::StoreError};

/// What can go wrong in the community service.
#[derive(Debug, PartialEq)]
pub(crate) enum Error {
    /// Fields of the request are missing or invalid.
    InvalidFields(Vec<FieldError>),
    /// The caller's account is not an organization's.
    OrganizationAccountRequired,
    /// There is no such community, or it is not the caller's.
    CommunityNotFound,
    /// The token of the Community API is missing, malformed, forged or revoked.
    TokenInvalid,
    /// The community has no such source.
    SourceNotFound,
    /// The community has no such member.
    MemberNotFound,
    /// The community has no such tag.
    TagNotFound,
    /// The community has no such segment.
    SegmentNotFound,
    /// The community has something of this name already.
    NameTaken,
    /// There are as many as there may be of what would be added.
    LimitReached,
    /// The community has no such API token.
    ApiTokenNotFound,
    /// The community has no such merge.
    MergeNotFound,
    /// There is nothing of that id that cannot be worked on.
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
