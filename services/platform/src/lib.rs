//! What every ConnectUS service shares: storage, errors, identity, messages, mail, and how they are served.

pub mod access;
pub mod context;
pub mod fields;
pub mod health;
pub mod identity;
pub mod janitor;
pub mod mail;
pub mod migrate;
pub mod outbox;
pub mod peer;
pub mod serve;
pub mod service;
pub mod status;
pub mod store;
pub mod telemetry;
pub mod token;
