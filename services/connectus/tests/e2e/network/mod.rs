//! People and organizations who find each other, over a suite in one process and over one of several.

mod invisibility;
mod people;
mod races;
