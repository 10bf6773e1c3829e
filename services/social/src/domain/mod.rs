//! What the social service knows and decides, without doing anything.

pub(crate) mod error;
pub(crate) mod message;
pub(crate) mod notification;

pub(crate) use error::Error;
