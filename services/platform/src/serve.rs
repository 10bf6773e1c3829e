//! Serves a router over HTTP/1.1 and HTTP/2 on one port, with bounds on what a client may take.

mod lent;
mod places;

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use futures::FutureExt;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use lent::{hear_out, lend};
use places::{Place, Places};

/// How many calls one HTTP/2 connection may have under way.
const MAX_STREAMS: u32 = 256;
/// How long a client may take to say what it wants.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// The first words of an HTTP/2 client (RFC 9113, section 3.4).
const HTTP2_PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How long the rest of them is waited for before looking again.
const PREFACE_PAUSE: Duration = Duration::from_millis(20);
/// How long a client that is connected at the shutdown, and has said nothing yet, may take to do so: its first words may be under way.
const LAST_WORDS: Duration = Duration::from_millis(250);
/// How often a quiet HTTP/2 connection is tried.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// The largest list of headers, in bytes.
const MAX_HEADERS: u32 = 32 * 1024;
/// How long what is under way at the shutdown may take; a client that stays silent holds nothing up for longer.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves until the shutdown, then lets what is under way finish. Handlers find the client's address in `ConnectInfo`.
pub async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken) {
    let places = Places::new();
    let mut connections = Connections::new(router, shutdown.clone());
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_) = connections.tasks.join_next() => {}
            accepted = accept(&listener, &places) => connections.begin(accepted),
        }
    }
    // Who is connected already may have made a call, and would take it for broken.
    for accepted in waiting(listener, &places) {
        connections.begin(Some(accepted));
    }
    if tokio::time::timeout(DRAIN_TIMEOUT, connections.ended()).await.is_err() {
        tracing::warn!("closing connections that did not finish in time");
    }
}

/// A connection that was accepted.
type Accepted = (TcpStream, SocketAddr, Place);

/// The connections that are open. They are closed with this value.
struct Connections {
    router: Router,
    builder: Arc<Builder<TokioExecutor>>,
    shutdown: CancellationToken,
    tasks: JoinSet<()>,
}

impl Connections {
    fn new(router: Router, shutdown: CancellationToken) -> Self {
        Self { router, builder: Arc::new(builder()), shutdown, tasks: JoinSet::new() }
    }

    /// Waits until all have ended.
    async fn ended(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }

    /// Serves a connection in the background, if there is one.
    fn begin(&mut self, accepted: Option<Accepted>) {
        let Some((stream, address, place)) = accepted else { return };
        let service =
            TowerToHyperService::new(self.router.clone().map_request(move |mut request: http::Request<_>| {
                request.extensions_mut().insert(ConnectInfo(address));
                request
            }));
        let (builder, shutdown) = (self.builder.clone(), self.shutdown.clone());
        self.tasks.spawn(async move {
            if has_spoken(&stream, &shutdown).await {
                let (stream, back) = lend(stream);
                let ended = {
                    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
                    tokio::select! {
                        // What it says comes first: at a shutdown, one of which nothing was read is dropped.
                        biased;
                        ended = connection.as_mut() => ended,
                        () = shutdown.cancelled() => {
                            connection.as_mut().graceful_shutdown();
                            connection.await
                        }
                    }
                };
                if let Err(error) = ended {
                    tracing::debug!(error, "a connection ended early");
                }
                if let (true, Ok(stream)) = (shutdown.is_cancelled(), back.await) {
                    hear_out(stream, LAST_WORDS).await;
                }
            }
            drop(place);
        });
    }
}

async fn accept(listener: &TcpListener, places: &Places) -> Option<Accepted> {
    let place = places.free().await?;
    match listener.accept().await {
        Ok((stream, address)) => {
            // Latency matters more than the number of packets.
            let _ = stream.set_nodelay(true);
            Some((stream, address, places.take(place, address.ip())?))
        }
        Err(error) => {
            tracing::warn!(%error, "cannot accept a connection");
            // Most likely there is no file descriptor left; trying again at once would only burn the processor.
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

/// Those who wait to be accepted, as far as there are places. Nobody else can connect any more.
fn waiting(listener: TcpListener, places: &Places) -> impl Iterator<Item = Accepted> {
    let listener = listener.into_std().ok();
    std::iter::from_fn(move || {
        let place = places.free().now_or_never()??;
        let (stream, address) = listener.as_ref()?.accept().ok()?;
        stream.set_nonblocking(true).ok()?;
        let _ = stream.set_nodelay(true);
        Some((TcpStream::from_std(stream).ok()?, address, places.take(place, address.ip())?))
    })
}

/// Waits until a client has said which protocol it speaks, up to a bound, which hyper has only for what comes after. At the shutdown
/// it has a moment left.
async fn has_spoken(stream: &TcpStream, shutdown: &CancellationToken) -> bool {
    let mut start = [0; HTTP2_PREFACE.len()];
    let spoken = async {
        loop {
            match stream.peek(&mut start).await {
                Ok(0) | Err(_) => return false,
                Ok(length) if length < start.len() && HTTP2_PREFACE.starts_with(&start[..length]) => {
                    // There is no waiting for more than what is there already.
                    tokio::time::sleep(PREFACE_PAUSE).await;
                }
                Ok(_) => return true,
            }
        }
    };
    let is_late = async {
        let _ = tokio::time::timeout(HEADER_TIMEOUT, shutdown.cancelled()).await;
        if shutdown.is_cancelled() {
            tokio::time::sleep(LAST_WORDS).await;
        }
    };
    tokio::select! {
        biased;
        has_spoken = spoken => has_spoken,
        () = is_late => false,
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        // What is accepted here must fit into a header list of HTTP/2, since it is passed on to the services so.
        .max_buf_size(MAX_HEADERS as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEADERS)
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(HEADER_TIMEOUT);
    builder
}
