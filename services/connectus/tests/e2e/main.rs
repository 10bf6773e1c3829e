//! The binary from outside: the published contract in both topologies, operators' commands, and how the suite starts and stops.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod admin;
mod contract;
mod process;
mod run;
mod topology;
