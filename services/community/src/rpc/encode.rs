//! What the contracts and the database write differently.

use chrono::{DateTime, Utc};
use prost_types::Timestamp;

/// A moment as the contracts write it.
pub(crate) fn timestamp(moment: DateTime<Utc>) -> Timestamp {
    Timestamp { seconds: moment.timestamp(), nanos: moment.timestamp_subsec_nanos().cast_signed() }
}
