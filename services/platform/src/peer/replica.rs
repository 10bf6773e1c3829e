//! One address of a service, and what becomes of a call to it.

use std::{
    error::Error,
    net::SocketAddr,
    num::NonZeroU64,
    pin::pin,
    sync::atomic::{AtomicU64, Ordering},
};

use tokio::sync::Notify;
use tonic::{
    ConnectError, TimeoutExpired,
    body::Body,
    transport::{self, Channel, Endpoint},
};
use tower::ServiceExt;

use super::{
    kept::Kept,
    streams::{Place, Streams},
};

/// What the next call that fails is counted as.
static FAILURES: AtomicU64 = AtomicU64::new(1);

/// A replica of a service. It is connected to when it is first called, and again when the connection is lost.
pub(super) struct Replica {
    /// None where the URL says where it is.
    pub(super) address: Option<SocketAddr>,
    channel: Channel,
    /// Each call under way has a clone.
    calls: Place,
    streams: Streams,
    /// The number of the last call that failed, among those to all replicas; zero where it has been heard of since.
    failure: AtomicU64,
    /// Tells all calls that wait for a connection that there is none to be had.
    unreachable: Notify,
}

/// Why a call has no answer.
pub(super) enum Failure {
    /// Its deadline passed.
    Late,
    /// There is no connection.
    Unreachable(Option<transport::Error>),
    /// There was one, but the service has not worked on it.
    Returned(transport::Error),
    /// The service may have worked on it.
    Broken(transport::Error),
}

impl Replica {
    pub(super) fn new(endpoint: &Endpoint, address: Option<SocketAddr>) -> Self {
        Self {
            address,
            channel: endpoint.connect_lazy(),
            calls: Place::default(),
            streams: Streams::new(endpoint),
            failure: AtomicU64::new(0),
            unreachable: Notify::new(),
        }
    }

    /// The number of the last call that failed, if nothing has been heard of it since: of two, the lesser failed earlier.
    pub(super) fn away(&self) -> Option<NonZeroU64> {
        NonZeroU64::new(self.failure.load(Ordering::Relaxed))
    }

    pub(super) fn is_back(&self) {
        self.failure.store(0, Ordering::Relaxed);
    }

    /// How much it has to do.
    pub(super) fn load(&self, is_streaming: bool) -> usize {
        if is_streaming { self.streams.open() } else { self.calls.taken() }
    }

    /// Calls it with a request that has an attempt at the body.
    pub(super) async fn call(
        &self,
        request: http::Request<Body>,
        body: &Kept,
        is_streaming: bool,
    ) -> Result<http::Response<Body>, Failure> {
        let (channel, place) =
            if is_streaming { self.streams.connection() } else { (self.channel.clone(), self.calls.clone()) };
        let unreachable = self.unreachable.notified();
        let mut answer = pin!(channel.oneshot(request));
        let answer = tokio::select! {
            biased;
            answer = &mut answer => answer,
            // Each call would wait for an attempt to connect of its own, one after the other.
            () = unreachable => if body.take_back() { return Err(Failure::Unreachable(None)) } else { answer.await },
        };
        let answer = answer.map_err(|error| self.failure(error, body))?;
        self.is_back();
        Ok(if is_streaming { place.kept_by(answer) } else { answer })
    }

    fn failure(&self, error: transport::Error, body: &Kept) -> Failure {
        // The connection keeps the deadline too, and may be the first to notice.
        if find::<TimeoutExpired>(&error).is_some() {
            return Failure::Late;
        }
        self.failure.store(FAILURES.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        if find::<ConnectError>(&error).is_some() {
            self.unreachable.notify_waiters();
            return Failure::Unreachable(Some(error));
        }
        if body.take_back() || (is_refused(&error) && body.is_whole()) {
            return Failure::Returned(error);
        }
        Failure::Broken(error)
    }
}

/// Whether a server says that it has not worked on a request (RFC 9113, sections 6.8 and 8.7).
fn is_refused(error: &transport::Error) -> bool {
    find::<h2::Error>(error).is_some_and(|error| {
        error.is_remote() && (error.is_go_away() || error.reason() == Some(h2::Reason::REFUSED_STREAM))
    })
}

/// An error among the causes of another.
fn find<E: Error + 'static>(error: &transport::Error) -> Option<&E> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
