//! What the services share, on a real PostgreSQL, a real mail server and real connections.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod desk;
mod mail;
mod mailbox;
mod migrate;
mod outbox;
mod outbox_trouble;
mod rights;
mod serve;
mod smtp;
mod store;

use std::time::Duration;

/// Lets time pass at once, for a test that would have to wait for it. The database's time goes on as it was.
async fn skip(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
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
