//! What every test shares: a private PostgreSQL with a database for each test, a real SMTP server, a running suite, and
//! people who use it.

// What fails here fails the test that uses it.
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    clippy::unwrap_used
)]

pub mod api;
pub mod behind;
pub mod database;
pub mod mail;
pub mod people;
pub mod plans;
pub mod refusal;
pub mod rough;
pub mod schema;
pub mod suite;

use std::time::Duration;

pub use api::{Answer, Api};
pub use behind::Behind;
pub use database::{Database, Server};
pub use mail::{Behaviour, Mail, MailServer};
pub use people::{PASSWORD, Person, as_caller, patient};
pub use refusal::{invalid_field, refusal};
pub use rough::{Fate, Rough};
pub use suite::{Options, Suite};

/// How long a test waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until a check answers something, and returns that. Fails the test when it does not in time.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut check: impl FnMut() -> F) -> T {
    let checks = async {
        loop {
            if let Some(answer) = check().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, checks).await.unwrap_or_else(|_| panic!("in vain: {what}"))
}
