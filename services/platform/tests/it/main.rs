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
mod rights;
mod serve;
mod smtp;
mod store;
mod telemetry;

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

/// Waits for something while time passes fast, up to a minute.
async fn in_a_minute<F: Future>(what: &str, expected: F) -> F::Output {
    let minute = async {
        for _ in 0..120 {
            // Whoever has something to do now does it in the time before.
            tokio::time::sleep(Duration::from_millis(1)).await;
            skip(Duration::from_millis(500)).await;
        }
    };
    tokio::select! {
        biased;
        output = expected => output,
        () = minute => panic!("not within a minute: {what}"),
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
