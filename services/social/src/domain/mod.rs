//! What the social service knows and decides, without doing anything.

pub(crate) mod error;

pub(crate) use error::Error;
