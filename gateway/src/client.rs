//! Whose request it is: the client's address, behind proxies too.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request},
    middleware::Next,
    response::Response,
};
use connectus_platform::{
    client::{Client, Networks},
    telemetry::traces,
};
use http::{HeaderMap, HeaderName, header::USER_AGENT};
use ipnet::IpNet;

use crate::failure::{envelope, general};

/// The header in which each proxy adds whom it has the request from.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client, in the extensions of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

/// The proxies whose word counts.
pub(crate) struct TrustedProxies(Networks);

impl TrustedProxies {
    pub(crate) fn new(networks: &[IpNet]) -> Self {
        Self(Networks::new(networks))
    }

    /// The last address that is no trusted proxy's: whatever stands before it, the client may have made up.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let lines: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().map(|line| line.to_str().unwrap_or("?")).collect();
        let mut client = peer.to_canonical();
        for named in lines.iter().flat_map(|line| line.split(',')).rev() {
            match address(named.trim()) {
                Some(named) if self.0.contains(client) => client = named,
                _ => break,
            }
        }
        client
    }
}

/// An address as proxies write it, some with a port.
fn address(text: &str) -> Option<IpAddr> {
    let address = text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address| address.to_canonical())
}

/// Finds out whose request it is.
pub(crate) fn identify(proxies: &TrustedProxies, request: &mut Request) {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if let Some(peer) = peer {
        let client = ClientAddress(proxies.client(peer, request.headers()));
        request.extensions_mut().insert(client);
    }
    // A stranger does not decide what is traced.
    if !peer.is_some_and(|peer| proxies.0.contains(peer)) {
        request.headers_mut().remove(traces::TRACE_HEADER);
        request.headers_mut().remove(traces::TRACE_STATE_HEADER);
    }
}

/// Answers a request that came through a trusted proxy, which is to say from outside, as if there were nothing.
pub(crate) async fn refuse_forwarded(request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let client = request.extensions().get::<ClientAddress>().map(|client| client.0);
    if client == peer { next.run(request).await } else { envelope(&general::NOT_FOUND) }
}

/// Whose a request is, as the services are told: the address that was found out, and what the device says it is.
pub(crate) fn of(request: &Request) -> Client {
    let address = request.extensions().get::<ClientAddress>().map(|client| client.0);
    let device = request.headers().get(USER_AGENT).map(|device| String::from_utf8_lossy(device.as_bytes()));
    Client::new(address, &device.unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn client(peer: &str, lines: &[&str]) -> String {
        let proxies = ["10.0.0.0/8", "2001:db8::/32", "127.0.0.1/32"].map(|network| network.parse().unwrap());
        let lines = lines.iter().map(|line| (FORWARDED_FOR, HeaderValue::from_str(line).unwrap()));
        TrustedProxies::new(&proxies).client(peer.parse().unwrap(), &lines.collect()).to_string()
    }

    #[test]
    fn a_trusted_proxy_says_who_the_client_is() {
        for (peer, lines, expected) in [
            ("10.0.0.1", &["192.0.2.7"][..], "192.0.2.7"),
            ("::ffff:10.0.0.1", &["192.0.2.7"], "192.0.2.7"),
            ("10.0.0.1", &["192.0.2.7:5123"], "192.0.2.7"),
            ("10.0.0.1", &["2001:db9::1"], "2001:db9::1"),
            ("10.0.0.1", &["192.0.2.7, 10.0.0.2", "2001:db8::1"], "192.0.2.7"),
            ("10.0.0.1", &[], "10.0.0.1"),
        ] {
            assert_eq!(client(peer, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn what_a_client_says_of_itself_does_not_count() {
        for (peer, lines, expected) in [
            ("192.0.2.7", &["198.51.100.1"][..], "192.0.2.7"),
            ("10.0.0.1", &["198.51.100.1, 192.0.2.7"], "192.0.2.7"),
            ("10.0.0.1", &["198.51.100.1", "192.0.2.7, 10.0.0.2"], "192.0.2.7"),
            ("10.0.0.1", &["198.51.100.1, nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1, é, 10.0.0.2"], "10.0.0.1"),
        ] {
            assert_eq!(client(peer, lines), expected, "{peer} {lines:?}");
        }
    }

    proptest! {
        #[test]
        fn nobody_but_a_trusted_proxy_chooses_an_address(peer: [u8; 4], line in "[0-9a-f.:, ]{0,60}") {
            let peer = IpAddr::from(peer);
            prop_assume!(!peer.is_loopback() && !matches!(peer, IpAddr::V4(peer) if peer.octets()[0] == 10));
            prop_assert_eq!(client(&peer.to_string(), &[&line]), peer.to_string());
        }
    }
}
