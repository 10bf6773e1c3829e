//! The settings of the social service.

use chrono::TimeDelta;
use clap::Args;

/// The settings of the social service.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// How many seconds after the first news a mail tells of all that has come since, where it does not wait for an answer.
    #[arg(long, env = "CONNECTUS_DIGEST_INTERVAL", default_value = "86400", value_name = "SECONDS",
          value_parser = clap::value_parser!(u32).range(1..=604_800))]
    digest_interval: u32,
}

impl Config {
    /// How long a digest waits for more to tell of.
    #[must_use]
    pub fn digest_interval(&self) -> TimeDelta {
        TimeDelta::seconds(self.digest_interval.into())
    }
}
