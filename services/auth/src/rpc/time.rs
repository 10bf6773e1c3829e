//! Times as the contract writes them: to the second.

use chrono::{DateTime, Utc};
use prost_types::Timestamp;

/// A time as the contract writes it.
pub(super) fn to_timestamp(time: DateTime<Utc>) -> Timestamp {
    Timestamp { seconds: time.timestamp(), nanos: 0 }
}
