//! What auth knows and decides, without doing anything.

pub(crate) mod account;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod limits;
pub(crate) mod link;
pub(crate) mod message;
pub(crate) mod password;
pub(crate) mod registration;

pub(crate) use error::Error;
