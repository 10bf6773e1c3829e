//! What stands before two gateways, as a load balancer does: it leaves one out as soon as it says that it will stop, or is not there.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, Method, RequestBuilder, Response};
use tokio_util::task::AbortOnDropHandle;

/// How often each gateway is asked how it is.
const INTERVAL: Duration = Duration::from_millis(100);
/// How long it may take to say so.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a request may take: longer than a gateway allows.
const TIMEOUT: Duration = Duration::from_secs(12);

/// The way to both gateways.
#[derive(Clone)]
pub(crate) struct Gateways {
    client: Client,
    gateways: Arc<[Gateway; 2]>,
    turn: Arc<AtomicUsize>,
    /// Whether a gateway may be gone without having said so.
    may_be_gone: bool,
    _watch: Arc<AbortOnDropHandle<()>>,
}

struct Gateway {
    address: SocketAddr,
    is_in_rotation: AtomicBool,
}

impl Gateways {
    pub(crate) fn new(addresses: [SocketAddr; 2], may_be_gone: bool) -> Self {
        let gateways = addresses.map(|address| Gateway { address, is_in_rotation: AtomicBool::new(true) });
        let (client, gateways) = (Client::builder().timeout(TIMEOUT).build().unwrap(), Arc::new(gateways));
        let watch = tokio::spawn(watch(client.clone(), gateways.clone()));
        let watch = Arc::new(AbortOnDropHandle::new(watch));
        Self { client, gateways, turn: Arc::default(), may_be_gone, _watch: watch }
    }

    /// Sends a request to one of them. Where nobody listens, who has got none of it then, it goes on to the other, if that may be.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        fill: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response, String> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % 2;
        let mut order = [&self.gateways[turn], &self.gateways[1 - turn]];
        order.sort_by_key(|gateway| !gateway.is_in_rotation.load(Ordering::Relaxed));
        let mut failure = String::new();
        for gateway in order {
            let request = self.client.request(method.clone(), format!("http://{}{path}", gateway.address));
            match fill(request).send().await {
                Err(error) if error.is_connect() && self.may_be_gone => {
                    gateway.is_in_rotation.store(false, Ordering::Relaxed);
                    failure = format!("{error:?}");
                }
                answer => return answer.map_err(|error| format!("{} of {}: {error:?}", path, gateway.address)),
            }
        }
        Err(failure)
    }
}

async fn watch(client: Client, gateways: Arc<[Gateway; 2]>) {
    loop {
        for gateway in &*gateways {
            let asked = client.get(format!("http://{}/healthz", gateway.address)).timeout(PATIENCE).send().await;
            let is_well = asked.is_ok_and(|answer| answer.status().is_success());
            gateway.is_in_rotation.store(is_well, Ordering::Relaxed);
        }
        tokio::time::sleep(INTERVAL).await;
    }
}
