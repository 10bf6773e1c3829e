//! The suite as a process, from outside: what a person, a client or an operator sees of it.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod flow;
mod suite;
