//! The error model on the wire: gRPC statuses that carry a reason and, for invalid fields, their names.

use std::{collections::HashMap, time::Duration};

use connectus_proto::common::v1::ErrorReason;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use crate::{fields::FieldError, store::StoreError, together::CutShort};

/// The `domain` of every `google.rpc.ErrorInfo` that the suite sends.
pub const ERROR_DOMAIN: &str = "connectus";

/// How long to wait before trying again what was refused because too much was waiting.
pub const RETRY_DELAY: Duration = Duration::from_secs(1);

/// Makes a status with a reason. The message is for developers, and holds nothing that the caller may not see.
pub fn failure(code: Code, reason: ErrorReason, message: impl Into<String>) -> Status {
    Status::with_error_details(code, message, details(reason))
}

/// Makes the status for a request with invalid fields.
#[must_use]
pub fn invalid_fields(errors: Vec<FieldError>) -> Status {
    let message = errors.first().map_or_else(|| "invalid request".to_owned(), ToString::to_string);
    let violations: Vec<_> = errors.into_iter().map(|error| FieldViolation::new(error.field, error.problem)).collect();
    let mut details = details(ErrorReason::InvalidField);
    details.set_bad_request(violations);
    Status::with_error_details(Code::InvalidArgument, message, details)
}

/// Makes the status for a failure of the database, and logs its cause.
#[must_use]
pub fn store_failure(error: &StoreError) -> Status {
    match error {
        StoreError::Unavailable(cause) => {
            tracing::warn!(cause, "the database is unavailable");
            failure(Code::Unavailable, ErrorReason::Unavailable, "a database is unavailable")
        }
        StoreError::Internal(cause) => internal(cause),
    }
}

impl From<StoreError> for Status {
    fn from(error: StoreError) -> Self {
        store_failure(&error)
    }
}

impl From<CutShort> for Status {
    fn from(error: CutShort) -> Self {
        internal(error)
    }
}

impl From<FieldError> for Status {
    fn from(error: FieldError) -> Self {
        invalid_fields(vec![error])
    }
}

/// Makes the status for a fault of the suite's own, and logs its cause.
pub fn internal(cause: impl std::fmt::Display) -> Status {
    tracing::error!(%cause, "internal error");
    failure(Code::Internal, ErrorReason::Internal, "internal error")
}

/// Makes the status for work that is refused because too much is waiting.
#[must_use]
pub fn overloaded(retry_after: Duration) -> Status {
    retry_later(Code::ResourceExhausted, ErrorReason::Overloaded, "too much is waiting already", retry_after)
}

/// Makes the status for what was tried too often.
#[must_use]
pub fn too_many_attempts(retry_after: Duration) -> Status {
    retry_later(Code::ResourceExhausted, ErrorReason::TooManyAttempts, "there were too many attempts", retry_after)
}

/// Makes the status for a call of a token whose budget is spent.
#[must_use]
pub fn rate_limited(retry_after: Duration) -> Status {
    retry_later(Code::ResourceExhausted, ErrorReason::RateLimited, "the token's budget is spent", retry_after)
}

/// Makes a status with a reason for what may go well later.
pub(crate) fn retry_later(code: Code, reason: ErrorReason, message: &str, retry_after: Duration) -> Status {
    let mut details = details(reason);
    details.set_retry_info(Some(retry_after));
    Status::with_error_details(code, message, details)
}

/// The reason that a status carries, if it is one of the suite's.
#[must_use]
pub fn reason(status: &Status) -> Option<ErrorReason> {
    let info = status.get_details_error_info()?;
    if info.domain == ERROR_DOMAIN { ErrorReason::from_name(&info.reason) } else { None }
}

/// The invalid fields that a status names.
#[must_use]
pub fn field_errors(status: &Status) -> Vec<FieldError> {
    let violations = status.get_details_bad_request().map(|details| details.field_violations).unwrap_or_default();
    violations.into_iter().map(|violation| FieldError::new(violation.field, violation.description)).collect()
}

/// When to try again, if the status says so.
#[must_use]
pub fn retry_after(status: &Status) -> Option<Duration> {
    status.get_details_retry_info()?.retry_delay
}

fn details(reason: ErrorReason) -> ErrorDetails {
    ErrorDetails::with_error_info(reason.name(), ERROR_DOMAIN, HashMap::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_status_carries_can_be_read_back() {
        let status = invalid_fields(vec![FieldError::new("email", "is required")]);
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(reason(&status), Some(ErrorReason::InvalidField));
        assert_eq!(field_errors(&status), [FieldError::new("email", "is required")]);
        assert_eq!(retry_after(&overloaded(RETRY_DELAY)), Some(RETRY_DELAY));
    }

    #[test]
    fn the_cause_of_an_internal_error_is_not_sent() {
        let status = store_failure(&StoreError::Internal("column \"secret\"".to_owned()));
        assert!(!format!("{status:?}").contains("secret"));
    }
}
