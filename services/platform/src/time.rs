//! Moments as the contracts write them.

use chrono::{DateTime, Utc};
use prost_types::Timestamp;

/// A moment in whole seconds.
#[must_use]
pub fn to_timestamp(time: DateTime<Utc>) -> Timestamp {
    Timestamp { seconds: time.timestamp(), nanos: 0 }
}
