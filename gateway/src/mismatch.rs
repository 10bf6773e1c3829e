//! Why a body does not fit the type that it is read as.

use std::fmt;

use serde::de;

/// Why a body does not fit the type that it is read as. Where it does not, serde's path to it says.
#[derive(Debug, PartialEq)]
pub(crate) enum Mismatch {
    /// This field is not there, and so no path leads to it.
    Missing(&'static str),
    /// A field does not fit.
    Unfit(String),
}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Unfit(message.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

impl std::error::Error for Mismatch {}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(field) => write!(f, "{field} is missing"),
            Self::Unfit(message) => f.write_str(message),
        }
    }
}

/// A text, unless it has a NUL, which PostgreSQL cannot store.
pub(crate) fn without_nul(text: String) -> Result<String, Mismatch> {
    if text.contains('\0') { Err(Mismatch::Unfit("has a NUL".to_owned())) } else { Ok(text) }
}
