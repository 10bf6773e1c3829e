//! What the social service knows and decides, without doing anything.

pub(crate) mod content;
pub(crate) mod error;
pub(crate) mod limits;
pub(crate) mod message;
pub(crate) mod notification;
pub(crate) mod post;
pub(crate) mod standing;

pub(crate) use error::Error;
