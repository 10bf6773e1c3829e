//! Why a call failed, as its caller can tell.

use std::fmt::Debug;

use connectus_platform::status;
use connectus_proto::common::v1::ErrorReason;
use tonic::{Code, Status};

/// The gRPC code and the reason of a call that must fail.
pub fn refusal<T: Debug>(answer: Result<T, Status>) -> (Code, ErrorReason) {
    let status = answer.expect_err("the call fails");
    let reason = status::reason(&status).unwrap_or_else(|| panic!("no reason: {status:?}"));
    (status.code(), reason)
}

/// The one field that a call must be refused for.
pub fn invalid_field<T: Debug>(answer: Result<T, Status>) -> String {
    let status = answer.expect_err("the field is refused");
    let (code, reason) = (status.code(), status::reason(&status));
    assert_eq!((code, reason), (Code::InvalidArgument, Some(ErrorReason::InvalidField)), "{status:?}");
    let mut fields = status::field_errors(&status);
    assert_eq!(fields.len(), 1, "{fields:?}");
    fields.remove(0).field
}
