//! The rpcs of social, over the network, on a real PostgreSQL.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod notifications;
