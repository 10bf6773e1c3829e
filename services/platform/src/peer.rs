//! Calls to other services, in this process or over the network.

mod again;
mod call;
mod kept;
mod names;
mod replica;
mod replicas;
mod streams;

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Duration,
};

use axum::Router;
use connectus_proto::common::v1::ErrorReason;
use futures::future::BoxFuture;
use http::HeaderValue;
use tokio_util::sync::CancellationToken;
use tonic::{
    Code, Request, Status,
    body::Body,
    transport::{self, Endpoint},
};
use tower::{Service, ServiceExt};
use tracing::Instrument;

use crate::{
    context::{self, TIMEOUT_HEADER},
    status,
    telemetry::traces,
};
pub use again::again;
use call::Peer;
use names::Place;
use replica::Replica;
use replicas::Replicas;

/// A way to a service, for the generated clients. A call made while another is served carries on its request id and
/// what is left of its deadline.
/// Clones are cheap: each request has clients of its own.
#[derive(Clone)]
pub struct Channel(Arc<dyn Fn(http::Request<Body>) -> Answer + Send + Sync>);

/// What a call comes to.
type Answer = BoxFuture<'static, Result<http::Response<Body>, Status>>;

impl Channel {
    fn new<F>(call: impl Fn(http::Request<Body>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<http::Response<Body>, Status>> + Send + 'static,
    {
        Self(Arc::new(move |request| Box::pin(call(request))))
    }
}

impl Service<http::Request<Body>> for Channel {
    type Response = http::Response<Body>;
    type Error = Status;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Answer {
        (self.0)(request)
    }
}

/// How the URL of a service begins.
const SCHEMES: [&str; 2] = ["http://", "unix:"];
/// How long connecting to a service may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// How often a quiet connection is tried, so that a peer that vanished is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(2);

/// A request that carries the token of the caller who is being served.
pub fn on_behalf<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    if let Some(authorization) = context::current().and_then(|context| context.authorization) {
        request.metadata_mut().insert("authorization", authorization);
    }
    request
}

/// A way to a service at a URL, whose calls are spread over all addresses of its name, or at several such as `http://127.0.0.1:1`,
/// separated by commas. It connects to each when first used, and again when the connection is lost. It takes a runtime.
pub fn remote(url: &str) -> Result<Channel, transport::Error> {
    remote_by(url, names::look_up)
}

/// The same with another way from a name and a port to addresses than the system's.
pub fn remote_by<F>(
    url: &str,
    resolve: impl Fn(String, u16) -> F + Send + Sync + 'static,
) -> Result<Channel, transport::Error>
where
    F: Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'static,
{
    let peer = Arc::new(match Place::of(url) {
        None => Peer::new(url, Arc::new(Replicas::fixed(Replica::new(&endpoint(url)?, None))), None),
        Some(place) => {
            let (replicas, end) = (Arc::new(Replicas::named()), CancellationToken::new());
            let follow = names::follow(place, resolve, replicas.clone());
            tokio::spawn(end.clone().run_until_cancelled_owned(follow));
            Peer::new(url, replicas, Some(end.drop_guard()))
        }
    });
    Ok(outbound(move |request| {
        let peer = peer.clone();
        async move { peer.call(request).await }
    }))
}

fn endpoint(url: &str) -> Result<Endpoint, transport::Error> {
    // Without a scheme, or with one that is not spoken here, it would be refused at each call: now is better.
    let is_spoken = SCHEMES.iter().any(|scheme| url.starts_with(scheme));
    // Several that are not all addresses would be taken for a strange name.
    let is_one = !url.starts_with("http:") || !url.contains(',');
    let endpoint = Endpoint::from_shared(if is_spoken && is_one { url.to_owned() } else { String::new() })?;
    Ok(endpoint
        .connect_timeout(CONNECT_TIMEOUT)
        .http2_keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE)
        .keep_alive_while_idle(true)
        .tcp_nodelay(true))
}

/// A way to services in this process, and the place to put them once they are made.
#[must_use]
pub fn local() -> (Channel, LocalServices) {
    let services = LocalServices::default();
    let target = services.clone();
    let channel = outbound(move |request| {
        let router = target.0.get().cloned();
        async move {
            let router = router.ok_or_else(|| unavailable("the service is starting"))?;
            let Ok(response) = router.oneshot(request.map(axum::body::Body::new)).await;
            Ok(response.map(Body::new))
        }
    });
    (channel, services)
}

/// The services in this process that a [`local`] channel leads to.
#[derive(Clone, Default)]
pub struct LocalServices(Arc<OnceLock<Router>>);

impl LocalServices {
    /// Puts the services in place. Only the first call counts.
    pub fn serve(&self, router: Router) {
        let _ = self.0.set(router);
    }
}

/// Adds what every call carries, and ends it at its deadline.
fn outbound<F>(call: impl Fn(http::Request<Body>) -> F + Send + Sync + 'static) -> Channel
where
    F: Future<Output = Result<http::Response<Body>, Status>> + Send + 'static,
{
    Channel::new(move |mut request| {
        let left = context::time_left();
        let span = traces::call(request.uri().path());
        let headers = request.headers_mut();
        span.in_scope(|| context::carry_on(headers));
        if let Ok(timeout) = HeaderValue::try_from(format!("{}m", left.as_millis())) {
            headers.insert(TIMEOUT_HEADER, timeout);
        }
        let response = tokio::time::timeout(left, call(request)).instrument(span);
        async move { response.await.unwrap_or_else(|_| Err(context::deadline_exceeded())) }
    })
}

fn unavailable(message: &str) -> Status {
    status::failure(Code::Unavailable, ErrorReason::Unavailable, message)
}
