//! Whose request it is: the network address and the device of the client, which the gateway hands on to the services.

use std::{net::IpAddr, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue, header::USER_AGENT};
use ipnet::IpNet;

/// The header in which the gateway says whose request it is.
pub const CLIENT_ADDRESS_HEADER: HeaderName = HeaderName::from_static("x-connectus-client-address");
/// The header in which the gateway says what the client's device is.
pub const DEVICE_HEADER: HeaderName = HeaderName::from_static("x-connectus-device");
/// How much of what a device says of itself is kept, in characters.
const MAX_DEVICE_LENGTH: usize = 200;

/// Who makes a request, as far as the network tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Its address, where it is known.
    pub address: Option<IpAddr>,
    /// What its device says it is (`User-Agent`); empty when it says nothing.
    pub device: String,
}

impl Client {
    /// A client at an address; of what its device says, the start is kept, without what only disturbs its readers.
    #[must_use]
    pub fn new(address: Option<IpAddr>, device: &str) -> Self {
        let device = device.chars().filter(|c| matches!(c, ' '..='~')).take(MAX_DEVICE_LENGTH).collect();
        Self { address, device }
    }

    /// Its address as text; empty when it is not known.
    #[must_use]
    pub fn address_text(&self) -> String {
        self.address.map(|address| address.to_string()).unwrap_or_default()
    }

    /// Writes it into the headers of a call to a service.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        if let Ok(address) = HeaderValue::try_from(self.address_text()) {
            headers.insert(CLIENT_ADDRESS_HEADER, address);
        }
        if let Ok(device) = HeaderValue::try_from(&self.device) {
            headers.insert(DEVICE_HEADER, device);
        }
    }

    /// Reads whose call it is: whom a trusted gateway names, or the peer itself. A call without a peer comes from this process.
    pub(crate) fn of_call(headers: &HeaderMap, peer: Option<IpAddr>, gateways: &Networks) -> Self {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
        let is_trusted = peer.is_none_or(|peer| gateways.contains(peer));
        let named = if is_trusted { text(CLIENT_ADDRESS_HEADER) } else { "" };
        // Only who is on this machine speaks for somebody who is.
        let is_here = peer.is_none_or(|peer| peer.to_canonical().is_loopback());
        let named = named.parse().ok().filter(|named: &IpAddr| is_here || !named.to_canonical().is_loopback());
        let address = named.or(peer).map(|address| address.to_canonical());
        // A gateway says too that the client says nothing; its own `User-Agent` is not the client's.
        let device = if headers.contains_key(DEVICE_HEADER) { DEVICE_HEADER } else { USER_AGENT };
        Self::new(address, text(device))
    }
}

/// Networks, by which it is told whose word counts.
#[derive(Clone, Debug, Default)]
pub struct Networks(Arc<[IpNet]>);

impl Networks {
    /// Takes the networks.
    #[must_use]
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.into())
    }

    /// Whether an address is in one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Reads a network, or one address, as a setting.
pub fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    address.or_else(|_| text.parse()).map_err(|_| "not an address or a network".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of_call(peer: Option<&str>, named: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(CLIENT_ADDRESS_HEADER, HeaderValue::from_static(named));
        let gateways = Networks::new(&["10.0.0.0/8".parse().unwrap()]);
        Client::of_call(&headers, peer.map(|peer| peer.parse().unwrap()), &gateways).address_text()
    }

    #[test]
    fn only_a_trusted_gateway_says_who_the_client_is() {
        for (peer, named, expected) in [
            (Some("10.0.0.1"), "192.0.2.7", "192.0.2.7"),
            (Some("::ffff:10.0.0.1"), "2001:db8::7", "2001:db8::7"),
            (Some("192.0.2.1"), "192.0.2.7", "192.0.2.1"),
            (Some("10.0.0.1"), "nonsense", "10.0.0.1"),
            (Some("10.0.0.1"), "127.0.0.1", "10.0.0.1"),
            (Some("10.0.0.1"), "::ffff:127.0.0.1", "10.0.0.1"),
            (None, "192.0.2.7", "192.0.2.7"),
            (None, "", ""),
        ] {
            assert_eq!(of_call(peer, named), expected, "{peer:?} {named}");
        }
    }

    #[test]
    fn a_client_that_says_nothing_has_not_the_gateways_device() {
        let mut headers = HeaderMap::from_iter([(USER_AGENT, HeaderValue::from_static("tonic"))]);
        let device = |headers: &HeaderMap| Client::of_call(headers, None, &Networks::default()).device;
        assert_eq!(device(&headers), "tonic");
        headers.insert(DEVICE_HEADER, HeaderValue::from_static(""));
        assert_eq!(device(&headers), "");
    }

    #[test]
    fn what_a_device_says_is_bounded_and_harmless() {
        assert_eq!(Client::new(None, "Fire\u{7}fox\r\n é").device, "Firefox ");
        assert_eq!(Client::new(None, &"x".repeat(1000)).device.len(), MAX_DEVICE_LENGTH);
    }
}
