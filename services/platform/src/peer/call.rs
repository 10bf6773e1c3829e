//! A call to a service, which goes on to another replica where one has not got it.

use std::{
    error::Error,
    fmt,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio_util::sync::DropGuard;
use tonic::{Status, body::Body, transport};

use super::{
    kept::Kept,
    replica::{Failure, Replica},
    replicas::Replicas,
    unavailable,
};
use crate::context;

/// A service in other processes.
pub(super) struct Peer {
    url: String,
    replicas: Arc<Replicas>,
    /// Whether the last call did not reach it, which is told once: there may be hundreds of calls a second.
    is_away: AtomicBool,
    /// Ends the looking up of its name.
    _end: Option<DropGuard>,
}

/// Why a call failed that a service may have worked on: its connection broke.
#[derive(Debug)]
pub(super) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the connection broke")
    }
}

impl Error for Broken {}

impl Broken {
    /// What such a call fails with.
    pub(super) fn status() -> Status {
        let mut status = unavailable("a service does not answer");
        status.set_source(Arc::new(Self));
        status
    }
}

impl Peer {
    pub(super) fn new(url: &str, replicas: Arc<Replicas>, end: Option<DropGuard>) -> Self {
        Self { url: url.to_owned(), replicas, is_away: AtomicBool::new(false), _end: end }
    }

    /// Calls one replica, and others for as long as the call has certainly not been worked on.
    pub(super) async fn call(&self, request: http::Request<Body>) -> Result<http::Response<Body>, Status> {
        let is_streaming = context::is_streaming(request.uri().path());
        let (head, body) = request.into_parts();
        let body = Kept::new(body);
        let (mut tried, mut was_returned, mut cause) = (Vec::<Arc<Replica>>::new(), false, None);
        while let Some(replica) = self.replicas.another(&tried, is_streaming).await {
            let request = http::Request::from_parts(head.clone(), body.attempt());
            let failure = match replica.call(request, &body, is_streaming).await {
                Ok(answer) => {
                    self.is_away.store(false, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            // Whatever it was, there may be other replicas by now.
            self.replicas.wanted.notify_one();
            match failure {
                Failure::Late => return Err(context::deadline_exceeded()),
                Failure::Broken(error) => {
                    self.tell(Some(&error), replica.address);
                    return Err(Broken::status());
                }
                // Where there is no other replica, the same may be called once more over a new connection.
                Failure::Returned(error) if !was_returned => (was_returned, cause) = (true, Some(error)),
                Failure::Returned(error) => {
                    cause = Some(error);
                    tried.push(replica);
                }
                Failure::Unreachable(error) => {
                    cause = error.or(cause);
                    tried.push(replica);
                }
            }
        }
        self.tell(cause.as_ref(), None);
        Err(unavailable("a service does not answer"))
    }

    /// Tells that a call got no answer, from one replica or from any.
    fn tell(&self, error: Option<&transport::Error>, replica: Option<SocketAddr>) {
        if !self.is_away.swap(true, Ordering::Relaxed) {
            let cause = error.map(innermost).map(ToString::to_string);
            let error = error.map_or_else(|| "there is no address".to_owned(), ToString::to_string);
            let replica = replica.map(tracing::field::display);
            tracing::warn!(url = self.url, replica, error, cause, "a service does not answer");
        }
    }
}

/// What an error comes from in the end.
fn innermost(error: &transport::Error) -> &dyn Error {
    let mut innermost: &dyn Error = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost
}
