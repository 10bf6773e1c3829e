//! What faults do to running processes: everything is answered in time, nothing is lost, and nothing is half done.

mod hashing;
mod load;
mod mail;
mod postgres;
mod workers;
