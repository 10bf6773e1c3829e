//! A private PostgreSQL, run from the binaries already on the machine.

mod binaries;
mod place;
mod server;

pub use binaries::{Binaries, NotFound};
pub use server::{Durability, Options, Postgres, StartError};
