//! What every ConnectUS service shares: storage, errors, identity, messages, mail, and how they are served.

pub mod access;
pub mod client;
pub mod context;
pub mod export;
pub mod fields;
pub mod geo;
pub mod health;
pub mod idempotency;
pub mod identity;
pub mod ids;
pub mod janitor;
pub mod mail;
pub mod migrate;
pub mod notices;
pub mod outbox;
pub mod page;
pub mod peer;
pub mod search;
pub mod serve;
pub mod service;
pub mod status;
pub mod store;
pub mod telemetry;
pub mod throttle;
pub mod time;
pub mod token;
