//! The names of error reasons as they are sent.

use crate::common::v1::ErrorReason;

const PREFIX: &str = "ERROR_REASON_";

impl ErrorReason {
    /// The `reason` of the `google.rpc.ErrorInfo` that carries it: its name without the enum's prefix.
    #[must_use]
    pub fn name(self) -> &'static str {
        let name = self.as_str_name();
        name.strip_prefix(PREFIX).unwrap_or(name)
    }

    /// The reason that a received `google.rpc.ErrorInfo` carries, if this version knows it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::from_str_name(&format!("{PREFIX}{name}"))
    }
}
