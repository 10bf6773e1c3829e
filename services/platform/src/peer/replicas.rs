//! The replicas of a service, and which of them gets a call.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures::future::join_all;
use tokio::{
    net::TcpStream,
    sync::{Notify, watch},
    time::{Instant, timeout},
};

use super::{CONNECT_TIMEOUT, replica::Replica};

/// How often a name is looked up at most.
pub(super) const PAUSE: Duration = Duration::from_millis(100);

/// The replicas that are known now.
pub(super) struct Replicas {
    known: watch::Sender<Known>,
    /// Whether they are found by a name.
    is_named: bool,
    /// Asks for the name to be looked up at once.
    pub(super) wanted: Notify,
}

#[derive(Default)]
struct Known {
    replicas: Arc<[Arc<Replica>]>,
    /// When the last look-up of the name began.
    as_of: Option<Instant>,
}

impl Replicas {
    /// The one that a URL leads to.
    pub(super) fn fixed(replica: Replica) -> Self {
        Self::new(Known { replicas: Arc::new([Arc::new(replica)]), as_of: None }, false)
    }

    /// Those that a name leads to, none of which is known yet.
    pub(super) fn named() -> Self {
        Self::new(Known::default(), true)
    }

    fn new(known: Known, is_named: bool) -> Self {
        Self { known: watch::Sender::new(known), is_named, wanted: Notify::new() }
    }

    /// A replica that was not tried. When all were, its name is looked up.
    pub(super) async fn another(&self, tried: &[Arc<Replica>], is_streaming: bool) -> Option<Arc<Replica>> {
        let known = self.pick(tried, is_streaming);
        if known.is_some() {
            return known;
        }
        self.look_up().await;
        self.pick(tried, is_streaming)
    }

    fn pick(&self, tried: &[Arc<Replica>], is_streaming: bool) -> Option<Arc<Replica>> {
        let known = self.known.borrow().replicas.clone();
        let untried = || known.iter().filter(|replica| !tried.iter().any(|tried| Arc::ptr_eq(tried, replica)));
        if let [only] = &*known {
            return untried().next().map(|_| only.clone());
        }
        let mut choice: Vec<_> = untried().filter(|replica| replica.away().is_none()).collect();
        if choice.is_empty() {
            // The one that has been away the longest may be back, and not be known to be.
            return untried().min_by_key(|replica| replica.away()).cloned();
        }
        // The less busy of two spreads calls about as well as the least busy of all, and sends not all at once to a new one.
        let second = (choice.len() > 1).then(|| choice.swap_remove(rand::random_range(..choice.len())));
        let first = (!choice.is_empty()).then(|| choice.swap_remove(rand::random_range(..choice.len())));
        first.into_iter().chain(second).min_by_key(|replica| replica.load(is_streaming)).cloned()
    }

    /// Waits until the name was looked up just now, if there is one.
    async fn look_up(&self) {
        if !self.is_named {
            return;
        }
        let (mut known, now) = (self.known.subscribe(), Instant::now());
        self.wanted.notify_one();
        let is_fresh = |known: &Known| known.as_of.is_some_and(|as_of| as_of + PAUSE >= now);
        let _ = timeout(CONNECT_TIMEOUT, known.wait_for(is_fresh)).await;
    }

    /// Takes in what a look-up found. None is no news: the name may be gone for the moment, and its replicas still there.
    pub(super) fn found(&self, at: Instant, addresses: &[SocketAddr], make: impl Fn(SocketAddr) -> Option<Replica>) {
        self.known.send_modify(|known| {
            known.as_of = Some(at);
            let is_same = known.replicas.iter().map(|replica| replica.address).eq(addresses.iter().copied().map(Some));
            if addresses.is_empty() || is_same {
                return;
            }
            let keep = |address: &SocketAddr| {
                let kept = known.replicas.iter().find(|replica| replica.address == Some(*address)).cloned();
                kept.or_else(|| make(*address).map(Arc::new))
            };
            // Calls under way to those that are left out have what they need to end.
            known.replicas = addresses.iter().filter_map(keep).collect();
        });
    }

    /// Whether any is away, as far as is known.
    pub(super) fn is_any_away(&self) -> bool {
        self.known.borrow().replicas.iter().any(|replica| replica.away().is_some())
    }

    /// Finds out which of those that are away are back, so that no call has to.
    pub(super) async fn probe(&self) {
        let known = self.known.borrow().replicas.clone();
        let away = known.iter().filter(|replica| replica.away().is_some());
        join_all(away.map(async |replica| {
            let Some(address) = replica.address else { return };
            if let Ok(Ok(_)) = timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
                replica.is_back();
            }
        }))
        .await;
    }
}
