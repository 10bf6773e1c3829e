//! Serves a router over HTTP/1.1 and HTTP/2 on one port, with bounds on what a client may take.

mod places;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use places::{Place, Places};

/// How many calls one HTTP/2 connection may have under way.
const MAX_STREAMS: u32 = 256;
/// How long a client may take to say what it wants.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// The first words of an HTTP/2 client (RFC 9113, section 3.4).
const HTTP2_PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How long the rest of them is waited for before looking again.
const PREFACE_PAUSE: Duration = Duration::from_millis(20);
/// How often a quiet HTTP/2 connection is tried.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// The largest list of headers, in bytes.
const MAX_HEADERS: u32 = 32 * 1024;
/// How long what is under way at the shutdown may take; a client that stays silent holds nothing up for longer.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves until the shutdown, then lets what is under way finish. Handlers find the client's address in `ConnectInfo`.
pub async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken) {
    let builder = Arc::new(builder());
    let places = Places::new();
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((stream, address, place)) = accepted else { continue };
        let service = TowerToHyperService::new(router.clone().map_request(move |mut request: http::Request<_>| {
            request.extensions_mut().insert(ConnectInfo(address));
            request
        }));
        let (builder, watcher, shutdown) = (builder.clone(), graceful.watcher(), shutdown.clone());
        connections.spawn(async move {
            if shutdown.run_until_cancelled(has_spoken(&stream)).await == Some(true) {
                let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
                if let Err(error) = watcher.watch(connection).await {
                    tracing::debug!(error, "a connection ended early");
                }
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("closing connections that did not finish in time");
    }
}

async fn accept(listener: &TcpListener, places: &Places) -> Option<(TcpStream, SocketAddr, Place)> {
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

/// Waits until a client has said which protocol it speaks, up to a bound, which hyper has only for what comes after.
async fn has_spoken(stream: &TcpStream) -> bool {
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
    tokio::time::timeout(HEADER_TIMEOUT, spoken).await.unwrap_or(false)
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
