//! What the community service knows and decides, without doing anything.

pub(crate) mod activity;
pub(crate) mod batch;
pub(crate) mod custom_field;
pub(crate) mod error;
pub(crate) mod handle;
pub(crate) mod item;
pub(crate) mod profile;
pub(crate) mod statements;
pub(crate) mod structure;
pub(crate) mod tag;
pub(crate) mod url;
pub(crate) mod user;
pub(crate) mod volunteer;

pub(crate) use error::Error;
