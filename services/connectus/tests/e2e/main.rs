//! The binary from outside: the published contract in both topologies, operators' commands, several replicas, what faults do to
//! them, how the suite starts, stops and is upgraded, and that no call is lost meanwhile.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod admin;
mod callers;
mod calm;
mod community;
mod contract;
mod faults;
mod network;
mod process;
mod raw;
mod release;
mod replicas;
mod run;
mod seen;
mod topology;
mod upgrade;
