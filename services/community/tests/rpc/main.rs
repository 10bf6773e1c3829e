//! The rpcs of community, over the network, on a real PostgreSQL.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod activities;
mod budget;
mod forgetting;
mod identities;
mod lists;
mod members;
mod operators;
mod replicas;
mod scale;
mod services_only;
mod stale;
mod structure;
mod support;
mod tags;
mod tokens;
mod users;
mod volunteers;
