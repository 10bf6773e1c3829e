//! The gateway as its clients see it, in front of real services, a real PostgreSQL and a real mail server.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod again;
mod arbitrary;
mod browser;
mod clients;
mod community;
mod docs;
mod former_ids;
mod fuzz;
mod grpc;
mod grpc_web;
mod headers;
mod hostile;
mod idempotency;
mod limits;
mod openapi;
mod operations;
mod password_reset;
mod paths;
mod stale;
mod support;
mod targets;
mod throttles;
mod v1;
