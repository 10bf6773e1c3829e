//! Where the replicas of a service are. Its name is looked up again and again: they come and go, and a connection that lasts leads
//! to one of them.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use http::Uri;
use tokio::time::{Instant, sleep_until};

use super::{
    endpoint,
    replica::Replica,
    replicas::{PAUSE, Replicas},
};

/// How often a name is looked up while all goes well. The system's resolver does not tell for how long an answer holds.
const INTERVAL: Duration = Duration::from_secs(2);
/// How often it is while a replica is away, which is most likely to be back soon, here or elsewhere.
const SOON: Duration = Duration::from_millis(250);
/// The port of a URL without one.
const HTTP: u16 = 80;

/// What leads to several addresses.
pub(super) enum Place {
    /// A name.
    Name { url: Uri, host: String, port: u16 },
    /// They themselves.
    Addresses(Vec<SocketAddr>),
}

impl Place {
    /// The name in a service's URL, or the addresses in several that are separated by commas, if it is one or the other.
    pub(super) fn of(url: &str) -> Option<Self> {
        let addresses =
            || url.split(',').map(|url| url.trim().strip_prefix("http://")?.trim_end_matches('/').parse().ok());
        if url.contains(',') {
            return addresses().collect::<Option<_>>().map(Self::Addresses);
        }
        let url = Uri::try_from(url).ok().filter(|url| url.scheme_str() == Some("http"))?;
        let host = url.host()?.to_owned();
        let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        (!is_address).then(|| Self::Name { port: url.port_u16().unwrap_or(HTTP), host, url })
    }

    /// A replica at one of the addresses. It is called by the name, if there is one.
    fn replica(&self, address: SocketAddr) -> Option<Replica> {
        let mut endpoint = endpoint(&format!("http://{address}")).ok()?;
        if let Self::Name { url, .. } = self {
            endpoint = endpoint.origin(url.clone());
        }
        Some(Replica::new(&endpoint, Some(address)))
    }

    async fn addresses<F>(&self, resolve: &impl Fn(String, u16) -> F) -> Vec<SocketAddr>
    where
        F: Future<Output = io::Result<Vec<SocketAddr>>>,
    {
        match self {
            Self::Name { host, port, .. } => resolve(host.clone(), *port).await.unwrap_or_else(|error| {
                tracing::debug!(host, %error, "a name is not found");
                Vec::new()
            }),
            Self::Addresses(addresses) => addresses.clone(),
        }
    }
}

/// Finds the addresses of a name by the system's resolver.
pub(super) async fn look_up(host: String, port: u16) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
}

/// Keeps up with a place for as long as it runs.
pub(super) async fn follow<F>(place: Place, resolve: impl Fn(String, u16) -> F, replicas: Arc<Replicas>)
where
    F: Future<Output = io::Result<Vec<SocketAddr>>>,
{
    loop {
        let began = Instant::now();
        let mut addresses = place.addresses(&resolve).await;
        addresses.sort_unstable();
        addresses.dedup();
        replicas.found(began, &addresses, |address| place.replica(address));
        let pause = async {
            replicas.probe().await;
            sleep_until(began + if replicas.is_any_away() { SOON } else { INTERVAL }).await;
        };
        tokio::select! {
            () = pause => {}
            () = replicas.wanted.notified() => sleep_until(began + PAUSE).await,
        }
    }
}
