//! The gateway as its clients see it, in front of real services, a real PostgreSQL and a real mail server.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod hostile;
mod limits;
mod support;
mod targets;
mod v1;
