//! Moments as the contracts write them.

use chrono::{DateTime, Utc};
use prost_types::Timestamp;

/// A moment in whole seconds.
#[must_use]
pub fn to_timestamp(time: DateTime<Utc>) -> Timestamp {
    Timestamp { seconds: time.timestamp(), nanos: 0 }
}

/// A moment as exactly as the database knows it.
#[must_use]
pub fn to_exact_timestamp(time: DateTime<Utc>) -> Timestamp {
    Timestamp { nanos: time.timestamp_subsec_nanos().cast_signed(), ..to_timestamp(time) }
}
