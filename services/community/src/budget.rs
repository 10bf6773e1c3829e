//! How many calls of the Community API a token may make, over all replicas.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// How many calls a token may make in an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    /// How many.
    pub(crate) calls: i32,
    /// In how long, from the first one on.
    pub(crate) interval: Duration,
}

/// What is spent of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spent {
    /// How many calls there were, this one included.
    pub(crate) calls: i32,
    /// When nothing of it counts any more.
    pub(crate) expires_at: DateTime<Utc>,
}

impl Budget {
    /// Whether a call is one too many.
    pub(crate) fn is_exceeded(self, spent: Spent) -> bool {
        spent.calls > self.calls
    }

    /// How many more calls there may be.
    pub(crate) fn remaining(self, spent: Spent) -> i32 {
        (self.calls - spent.calls).max(0)
    }
}

impl Spent {
    /// How long it is until nothing of it counts any more; at least a moment.
    pub(crate) fn wait(self, now: DateTime<Utc>) -> Duration {
        (self.expires_at - now).max(TimeDelta::milliseconds(1)).to_std().unwrap_or_default()
    }
}
