//! Looks the name of a service up again and again: its replicas come and go, and a connection that lasts leads to one of them.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use http::Uri;
use tokio::time::{Instant, sleep, sleep_until};

use super::{
    endpoint,
    replica::Replica,
    replicas::{PAUSE, Replicas},
};

/// How often a name is looked up while all goes well. The system's resolver does not tell for how long an answer holds.
const INTERVAL: Duration = Duration::from_secs(2);
/// The port of a URL without one.
const HTTP: u16 = 80;

/// Where a service is, by name.
pub(super) struct Name {
    url: Uri,
    host: String,
    port: u16,
}

impl Name {
    /// The name in a service's URL, if there is one that may lead to several addresses.
    pub(super) fn of(url: &str) -> Option<Self> {
        let url = Uri::try_from(url).ok().filter(|url| url.scheme_str() == Some("http"))?;
        let host = url.host()?.to_owned();
        let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        (!is_address).then(|| Self { port: url.port_u16().unwrap_or(HTTP), host, url })
    }

    /// A replica at one of its addresses. It is called by the name.
    fn replica(&self, address: SocketAddr) -> Option<Replica> {
        let endpoint = endpoint(&format!("http://{address}")).ok()?.origin(self.url.clone());
        Some(Replica::new(&endpoint, Some(address)))
    }
}

/// Finds the addresses of a name by the system's resolver.
pub(super) async fn look_up(host: String, port: u16) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
}

/// Keeps up with a name for as long as it runs.
pub(super) async fn follow<F>(name: Name, resolve: impl Fn(String, u16) -> F, replicas: Arc<Replicas>)
where
    F: Future<Output = io::Result<Vec<SocketAddr>>>,
{
    loop {
        let began = Instant::now();
        let found = resolve(name.host.clone(), name.port).await;
        let mut addresses = found.unwrap_or_else(|error| {
            tracing::debug!(name.host, %error, "a name is not found");
            Vec::new()
        });
        addresses.sort_unstable();
        addresses.dedup();
        replicas.found(began, &addresses, |address| name.replica(address));
        tokio::select! {
            _ = async { tokio::join!(replicas.probe(), sleep(INTERVAL)) } => {}
            () = replicas.wanted.notified() => sleep_until(began + PAUSE).await,
        }
    }
}
