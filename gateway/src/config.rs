//! The settings of the gateway.

use std::{
    num::{NonZeroU16, NonZeroU32},
    time::Duration,
};

use connectus_platform::client;
use http::HeaderValue;
use ipnet::IpNet;

/// The settings of the gateway.
#[derive(clap::Args, Clone, Debug)]
#[group(id = "gateway-config")]
pub struct Config {
    /// The web origins that may call from browsers, separated by commas (https://app.example.org).
    #[arg(long, env = "CONNECTUS_CORS_ORIGINS", value_name = "ORIGINS", value_delimiter = ',',
          value_parser = origin)]
    pub(crate) cors_origins: Vec<HeaderValue>,
    /// How many requests a second one address may make, after a burst of five times as many.
    #[arg(long, env = "CONNECTUS_RATE_LIMIT", value_name = "NUMBER", default_value = "50")]
    pub(crate) rate_limit: NonZeroU32,
    /// The proxies whose word about a client's address counts (X-Forwarded-For), as addresses or networks separated by
    /// commas (10.0.0.0/8).
    #[arg(long, env = "CONNECTUS_TRUSTED_PROXIES", value_name = "NETWORKS", value_delimiter = ',',
          value_parser = client::network)]
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// How long a request may take, in seconds.
    #[arg(long, env = "CONNECTUS_REQUEST_TIMEOUT", value_name = "SECONDS", default_value = "10",
          value_parser = clap::value_parser!(u64).range(1..=60))]
    pub(crate) request_timeout: u64,
    /// How many streams, of notifications and of exports over gRPC, may be open at once over all addresses; of the 1024
    /// connections that one address may have, such as a proxy's, each may take one.
    #[arg(long, env = "CONNECTUS_MAX_STREAMS", value_name = "NUMBER", default_value = "512")]
    pub(crate) max_streams: NonZeroU16,
    /// Whether requests from this machine are not limited.
    #[arg(skip)]
    pub(crate) trusts_loopback: bool,
}

/// An origin (RFC 6454, section 6.2), and no wildcard: credentials are not for everybody.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match (authority, HeaderValue::from_str(text)) {
        (Some(authority), Ok(origin)) if !authority.is_empty() && !authority.contains('/') => Ok(origin),
        _ => Err("an origin is a scheme, a host and perhaps a port, such as https://app.example.org".to_owned()),
    }
}

impl Config {
    /// The same, without a rate limit for requests from this machine.
    #[must_use]
    pub fn trusting_loopback(self) -> Self {
        Self { trusts_loopback: true, ..self }
    }

    pub(crate) fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout)
    }
}
