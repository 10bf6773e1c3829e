//! How many requests each address may make.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use connectus_platform::status;
use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock, clock::DefaultClock};
use http::{HeaderValue, header::RETRY_AFTER};

use crate::{
    Config,
    client::ClientAddress,
    community,
    failure::{envelope, general, whole_seconds},
    grpc, operations,
};

/// How many times the rate may be asked for at once.
const BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
/// From how many addresses on the quiet ones are forgotten.
const MAX_ADDRESSES: usize = 100_000;

/// How many requests each address may make.
pub(crate) struct RateLimit {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    trusts_loopback: bool,
}

impl RateLimit {
    pub(crate) fn new(config: &Config) -> Self {
        let burst = config.rate_limit.saturating_mul(BURST);
        let quota = Quota::per_second(config.rate_limit).allow_burst(burst);
        Self { limiter: DefaultKeyedRateLimiter::keyed(quota), trusts_loopback: config.trusts_loopback }
    }

    /// The answer to a request of an address that asks too often. Probes are answered always: they come from where everybody's
    /// requests may come from too, and a gateway that refuses them is taken for a dead one.
    pub(crate) fn refusal(&self, request: &Request) -> Option<Response> {
        // Calls with a community's token have a budget of their own: many may come from one place.
        if operations::is_probe(request.uri().path()) || community::has_budget(request) {
            return None;
        }
        let wait = self.wait(request.extensions().get::<ClientAddress>()?.0)?;
        if let Some(grpc) = grpc::content_type(request) {
            return Some(grpc::refuse(status::overloaded(wait), grpc));
        }
        let retry_after = [(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)))];
        Some((retry_after, envelope(&general::TOO_MANY_REQUESTS)).into_response())
    }

    /// When the address may ask again, if it may not now.
    fn wait(&self, address: IpAddr) -> Option<Duration> {
        if self.trusts_loopback && address.is_loopback() {
            return None;
        }
        // Addresses that are quiet again need not be remembered.
        if self.limiter.len() > MAX_ADDRESSES {
            self.limiter.retain_recent();
        }
        let clock = DefaultClock::default();
        self.limiter.check_key(&network(address)).err().map(|until| until.wait_time_from(clock.now()))
    }
}

/// What counts as one address: all of an IPv6 network of 64 bits belongs to one customer.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        config: Config,
    }

    fn limit(rate: &str) -> RateLimit {
        RateLimit::new(&Arguments::parse_from(["test", "--rate-limit", rate]).config)
    }

    fn is_limited(limit: &RateLimit, address: &str) -> bool {
        limit.wait(address.parse().unwrap()).is_some()
    }

    #[test]
    fn each_address_has_a_limit_of_its_own() {
        let limit = limit("1");
        for _ in 0..5 {
            assert!(!is_limited(&limit, "192.0.2.1"));
        }
        assert!(is_limited(&limit, "192.0.2.1"));
        assert!(is_limited(&limit, "::ffff:192.0.2.1"), "it is the same address");
        assert!(!is_limited(&limit, "192.0.2.2"));
    }

    #[test]
    fn a_network_of_64_bits_is_one_address() {
        let limit = limit("1");
        for host in 1..=5 {
            assert!(!is_limited(&limit, &format!("2001:db8:0:1::{host}")));
        }
        assert!(is_limited(&limit, "2001:db8:0:1:ffff::6"));
        assert!(!is_limited(&limit, "2001:db8:0:2::1"));
    }

    #[test]
    fn only_this_machine_is_trusted_where_it_is() {
        let limit = RateLimit { trusts_loopback: true, ..limit("1") };
        assert!((0..100).all(|_| !is_limited(&limit, "127.0.0.1") && !is_limited(&limit, "::1")));
        assert!((0..100).any(|_| is_limited(&limit, "192.0.2.1")));
    }
}
