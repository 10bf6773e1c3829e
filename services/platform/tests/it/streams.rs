//! Calls that answer a stream, which may stay open for days, beside the short ones to the same service.

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    http::Uri,
    response::Response,
    routing::post,
};
use connectus_platform::{
    peer::{self, Channel},
    serve::serve,
};
use connectus_testkit::{PATIENCE, eventually};
use futures::{StreamExt, future::join_all, stream};
use http::{Request, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use tokio::{net::TcpListener, sync::watch};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::replicas::{Name, three};

/// Waits for something that must come soon.
async fn soon<F: Future>(what: &str, expected: F) -> F::Output {
    tokio::time::timeout(PATIENCE, expected).await.unwrap_or_else(|_| panic!("in vain: {what}"))
}

/// An rpc that answers a stream.
const STREAM: &str = "/connectus.social.v1.NotificationService/StreamNotifications";
/// One of the same service that does not.
const CALL: &str = "/connectus.social.v1.NotificationService/ListNotifications";
/// More than one HTTP/2 connection has under way.
const MANY: usize = 600;

/// Serves streams that begin with some bytes and do not end, and other calls. Returns where.
async fn start(first: usize) -> SocketAddr {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let endless = move || async move {
        let pieces = stream::iter([Ok::<_, std::io::Error>(vec![0; first])]).chain(stream::pending());
        Response::builder().header(CONTENT_TYPE, "application/grpc").body(Body::from_stream(pieces)).unwrap()
    };
    let router = Router::new().route(STREAM, post(endless)).route(CALL, post(|| async { "done" }));
    tokio::spawn(serve(listener, router, CancellationToken::new()));
    address
}

async fn ask(channel: &Channel, path: &str) -> http::Response<tonic::body::Body> {
    let request = Request::post(path).header(CONTENT_TYPE, "application/grpc").body(tonic::body::Body::empty());
    channel.clone().oneshot(request.unwrap()).await.unwrap()
}

#[tokio::test]
async fn however_many_streams_are_open_other_calls_are_answered() {
    let channel = peer::remote(&format!("http://{}", start(1).await)).unwrap();
    let mut open = soon("every stream", join_all((0..MANY).map(|_| ask(&channel, STREAM)))).await;
    for stream in &mut open {
        assert!(soon("its beginning", stream.frame()).await.unwrap().is_ok());
    }
    let answer = soon("an answer", ask(&channel, CALL)).await;
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "done");
    // Their places are taken by others.
    drop(open);
    soon("every stream", join_all((0..MANY).map(|_| ask(&channel, STREAM)))).await;
}

#[tokio::test]
async fn streams_that_nobody_reads_hold_no_other_up() {
    // Together much more than a connection takes in that is not read.
    let channel = peer::remote(&format!("http://{}", start(1024 * 1024).await)).unwrap();
    let unread = soon("every stream", join_all((0..64).map(|_| ask(&channel, STREAM)))).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut stream = soon("another stream", ask(&channel, STREAM)).await;
    assert!(soon("its beginning", stream.frame()).await.unwrap().is_ok());
    let answer = soon("an answer", ask(&channel, CALL)).await;
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "done");
    drop(unread);
}

/// Serves streams that begin with a word and by what name the service was called, and go on at each tick.
async fn start_at(address: SocketAddr, word: &'static str, ticks: watch::Receiver<u8>) {
    let listener = TcpListener::bind(address).await.unwrap();
    let ticking = move |uri: Uri| async move {
        let beginning = format!("{word} for {}", uri.authority().unwrap());
        let next =
            |mut ticks: watch::Receiver<u8>| async { ticks.changed().await.ok().map(|()| ("tick".into(), ticks)) };
        let pieces = stream::iter([beginning]).chain(stream::unfold(ticks, next)).map(Ok::<String, std::io::Error>);
        Response::builder().header(CONTENT_TYPE, "application/grpc").body(Body::from_stream(pieces)).unwrap()
    };
    tokio::spawn(serve(listener, Router::new().route(STREAM, post(ticking)), CancellationToken::new()));
}

type Stream = http::Response<tonic::body::Body>;

async fn next_of(stream: &mut Stream) -> Bytes {
    soon("a piece", stream.frame()).await.unwrap().unwrap().into_data().unwrap()
}

#[tokio::test]
async fn streams_are_spread_and_go_on_while_replicas_come_and_go() {
    let ([first, second, third], (tick, ticks)) = (three(), watch::channel(0));
    start_at(first, "first", ticks.clone()).await;
    start_at(second, "second", ticks.clone()).await;
    let name = Name::of(&[first, second]);
    let channel = name.channel();
    let mut open = join_all((0..20).map(|_| ask(&channel, STREAM))).await;
    let mut of_the_first = 0;
    for stream in &mut open {
        let beginning = next_of(stream).await;
        assert!(beginning.ends_with(b" for many.test:50051"), "{beginning:?}");
        of_the_first += usize::from(beginning.starts_with(b"first"));
    }
    assert_eq!(of_the_first, 10);
    start_at(third, "third", ticks).await;
    name.lead_to(&[second, third]);
    eventually("a stream of the third", async || {
        let mut stream = ask(&channel, STREAM).await;
        next_of(&mut stream).await.starts_with(b"third").then_some(())
    })
    .await;
    // Those of the first go on, though its name no longer leads there.
    for _ in 0..3 {
        tick.send_modify(|tick| *tick += 1);
        for stream in &mut open {
            assert_eq!(next_of(stream).await, "tick");
        }
    }
}
