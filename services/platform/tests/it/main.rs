//! What the services share, on a real PostgreSQL, a real mail server and real connections.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod calls;
mod desk;
mod health;
mod mail;
mod mailbox;
mod migrate;
mod outbox;
mod outbox_trouble;
mod probe;
mod refusals;
mod replicas;
mod rights;
mod serve;
mod smtp;
mod store;
mod streams;
mod telemetry;
mod together;

use std::time::Duration;

use connectus_platform::{access::AccessFeed, peer};
use connectus_testkit::Suite;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Lets time pass at once, for a test that would have to wait for it. The database's time goes on as it was.
async fn skip(time: Duration) {
    /// However this ends, the clock goes on.
    struct Paused;
    impl Drop for Paused {
        fn drop(&mut self) {
            tokio::time::resume();
        }
    }
    tokio::time::pause();
    let _paused = Paused;
    tokio::time::advance(time).await;
}

/// Waits for something that must come within some seconds, while time passes fast.
async fn within<F: Future>(seconds: u64, what: &str, expected: F) -> F::Output {
    let time = async {
        for _ in 0..2 * seconds {
            // Whoever has something to do now does it before the time is over.
            tokio::time::sleep(Duration::from_millis(1)).await;
            skip(Duration::from_millis(500)).await;
        }
    };
    tokio::select! {
        biased;
        output = expected => output,
        () = time => panic!("not within {seconds} seconds: {what}"),
    }
}

/// Follows a suite's auth over the network, as a replica in another process does, until the guard is dropped.
fn suite_feed(suite: &Suite, max_age: Duration) -> (AccessFeed, DropGuard) {
    let auth = peer::remote(&format!("http://{}", suite.grpc)).unwrap();
    let feed = AccessFeed::new(auth, suite.identity.clone(), max_age);
    let end = CancellationToken::new();
    tokio::spawn(feed.clone().run(end.clone()));
    (feed, end.drop_guard())
}
