//! The settings of the community service.

use std::time::Duration;

use chrono::TimeDelta;
use clap::Args;

use crate::budget::Budget;

/// The settings of the community service.
#[derive(Args, Clone, Debug)]
#[group(id = "community-config")]
pub struct Config {
    /// How many seconds after it was asked for a member of a community is forgotten, up to 14 days.
    #[arg(long, env = "CONNECTUS_ANONYMIZE_AFTER", default_value = "86400", value_name = "SECONDS",
          value_parser = clap::value_parser!(u32).range(0..=1_209_600))]
    anonymize_after: u32,
    /// How many calls of the Community API a token may make in a minute.
    #[arg(long, env = "CONNECTUS_COMMUNITY_RATE_LIMIT", default_value = "6000", value_name = "CALLS",
          value_parser = clap::value_parser!(i32).range(1..=100_000_000))]
    community_rate_limit: i32,
}

impl Config {
    /// How long after it was asked for a member is forgotten.
    pub(crate) fn anonymize_after(&self) -> TimeDelta {
        TimeDelta::seconds(self.anonymize_after.into())
    }

    /// How many calls a token may make.
    pub(crate) fn budget(&self) -> Budget {
        Budget { calls: self.community_rate_limit, interval: Duration::from_mins(1) }
    }
}
