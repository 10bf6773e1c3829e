//! Connections: what they are served, how they end, and that none of them holds anything up.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, routing::get};
use connectus_platform::serve::serve;
use connectus_testkit::PATIENCE;
use reqwest::Client;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, Semaphore},
    task::JoinHandle,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{skip, within};

/// A server with a path that waits for the test, `/gate`, and one that answers at once, `/`, with the client's address.
struct Server {
    address: SocketAddr,
    shutdown: CancellationToken,
    task: JoinHandle<()>,
    at_the_gate: Arc<Notify>,
    gate: Arc<Semaphore>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let (at_the_gate, gate) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
        let (arrived, opened) = (at_the_gate.clone(), gate.clone());
        let wait = async move || {
            arrived.notify_one();
            drop(opened.acquire().await);
            "through"
        };
        let router = Router::new()
            .route("/", get(async |ConnectInfo(client): ConnectInfo<SocketAddr>| client.to_string()))
            .route("/gate", get(wait));
        let task = tokio::spawn(serve(listener, router, shutdown.clone()));
        Self { address, shutdown, task, at_the_gate, gate }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection on which something was said.
    async fn connect_and_say(&self, words: &[u8]) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(words).await.unwrap();
        stream
    }

    async fn until_stopped(self) {
        timeout(Duration::from_secs(5), self.task).await.expect("it stops").unwrap();
    }
}

/// The preface of HTTP/2, empty settings, and a call of `/` on the first stream (RFC 9113, sections 3.4 and 6; RFC 7541, appendix A).
const HTTP2_CALL: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\
    \0\0\x06\x01\x05\0\0\0\x01\x82\x84\x86\x01\x01x";

fn http1() -> Client {
    Client::builder().http1_only().timeout(PATIENCE).build().unwrap()
}

fn http2() -> Client {
    Client::builder().http2_prior_knowledge().timeout(PATIENCE).build().unwrap()
}

/// Waits until the server closes a connection.
async fn closed(stream: &mut TcpStream) {
    let mut buffer = [0; 4096];
    while let Ok(1..) = stream.read(&mut buffer).await {}
}

#[tokio::test]
async fn one_port_speaks_both_versions_of_http_and_knows_its_clients() {
    let server = Server::start().await;
    for (client, version) in [(http1(), reqwest::Version::HTTP_11), (http2(), reqwest::Version::HTTP_2)] {
        let response = client.get(server.url("/")).send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.version()), (200, version));
        assert!(response.text().await.unwrap().starts_with("127.0.0.1:"));
    }
    let mut stream = server.connect_and_say(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with(&stream.local_addr().unwrap().to_string()), "{answer}");
}

#[tokio::test]
async fn a_shutdown_lets_calls_under_way_finish_and_takes_no_new_ones() {
    for client in [http1(), http2()] {
        let server = Server::start().await;
        let call = tokio::spawn(client.get(server.url("/gate")).send());
        server.at_the_gate.notified().await;
        server.shutdown.cancel();
        let refused = async {
            while TcpStream::connect(server.address).await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, refused).await.expect("new connections are refused");
        assert!(!server.task.is_finished() && !call.is_finished(), "it waits for the call");
        server.gate.add_permits(1);
        assert_eq!(call.await.unwrap().unwrap().text().await.unwrap(), "through");
        server.until_stopped().await;
    }
}

#[tokio::test]
async fn clients_with_nothing_to_say_do_not_hold_up_a_shutdown() {
    let server = Server::start().await;
    let _silent = server.connect().await;
    let _half_preface = server.connect_and_say(b"PRI * HT").await;
    let mut idle = server.connect_and_say(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(idle.read(&mut [0; 4096]).await.unwrap() > 0);
    let idle_http2 = http2();
    idle_http2.get(server.url("/")).send().await.unwrap();
    let began = Instant::now();
    server.shutdown.cancel();
    server.until_stopped().await;
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
}

#[tokio::test]
async fn calls_that_came_before_the_shutdown_are_served() {
    for words in [&b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"[..], HTTP2_CALL] {
        let server = Server::start().await;
        // The server, on the same thread, sees none of them before the shutdown.
        let mut streams = Vec::new();
        for _ in 0..20 {
            let mut stream = std::net::TcpStream::connect(server.address).unwrap();
            std::io::Write::write_all(&mut stream, words).unwrap();
            stream.set_nonblocking(true).unwrap();
            streams.push(TcpStream::from_std(stream).unwrap());
        }
        server.shutdown.cancel();
        for mut stream in streams {
            let mut answer = Vec::new();
            while !String::from_utf8_lossy(&answer).contains("127.0.0.1:") {
                let read = stream.read_buf(&mut answer).await;
                assert!(matches!(read, Ok(1..)), "{}: {read:?}", String::from_utf8_lossy(words));
            }
        }
        server.until_stopped().await;
    }
}

#[tokio::test]
async fn a_call_that_never_ends_is_cut_off_in_the_end() {
    let server = Server::start().await;
    let call = tokio::spawn(http1().get(server.url("/gate")).send());
    server.at_the_gate.notified().await;
    server.shutdown.cancel();
    within(20, "the server stops", server.task).await.unwrap();
    call.await.unwrap().unwrap_err();
}

#[tokio::test]
async fn clients_that_do_not_say_what_they_want_are_cut_off() {
    let server = Server::start().await;
    for words in ["", "P", "PRI * HTTP/2.0\r\n", "GET / HTTP/1.1\r\nhost: x\r\nx-slow:"] {
        let mut stream = server.connect_and_say(words.as_bytes()).await;
        within(30, &format!("{words:?} is cut off"), closed(&mut stream)).await;
    }
}

#[tokio::test]
async fn a_client_with_a_slow_line_is_given_some_seconds() {
    let server = Server::start().await;
    let mut stream = server.connect().await;
    for part in ["GE", "T / HTTP/1.1\r\nho", "st: x\r\nconnection: close\r\n", "\r\n"] {
        skip(Duration::from_secs(2)).await;
        stream.write_all(part.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

#[tokio::test]
async fn what_is_no_http_is_answered_or_dropped_at_once() {
    let server = Server::start().await;
    for words in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[..], b"\0\0\0\0\0\0\0\0", b"HELLO\r\n\r\n"] {
        let mut stream = server.connect_and_say(words).await;
        timeout(Duration::from_secs(2), closed(&mut stream)).await.unwrap_or_else(|_| panic!("{words:?} is kept"));
    }
    assert_eq!(http1().get(server.url("/")).send().await.unwrap().status().as_u16(), 200);
}
