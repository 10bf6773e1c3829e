//! The settings of the auth service.

use chrono::TimeDelta;

/// The longest that an access token may be good, whatever is set.
pub(crate) const MAX_TOKEN_TTL: TimeDelta = TimeDelta::days(30);

/// The settings of the auth service.
#[derive(clap::Args, Clone, Debug)]
#[group(id = "auth-config")]
pub struct Config {
    /// How long an access token is good, in seconds.
    // 12 hours is the longest that OWASP ASVS 4.0.3, 3.3.2, allows at level 2 before one logs in again.
    #[arg(long, env = "CONNECTUS_TOKEN_TTL", default_value = "43200", value_name = "SECONDS",
          value_parser = clap::value_parser!(u32).range(60..=MAX_TOKEN_TTL.num_seconds()))]
    pub token_ttl: u32,
    /// After how many days a new signing key takes over.
    #[arg(long, env = "CONNECTUS_KEY_ROTATION", default_value = "30", value_name = "DAYS",
          value_parser = clap::value_parser!(u32).range(1..=365))]
    pub key_rotation: u32,
    /// How many passwords are hashed at once [default: one for each processor]
    #[arg(long, env = "CONNECTUS_HASH_CONCURRENCY", value_name = "NUMBER",
          value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub hash_concurrency: Option<u16>,
}

impl Config {
    pub(crate) fn token_ttl(&self) -> TimeDelta {
        TimeDelta::seconds(self.token_ttl.into())
    }

    pub(crate) fn key_rotation(&self) -> TimeDelta {
        TimeDelta::days(self.key_rotation.into())
    }
}
