//! What the experience service knows and decides, without doing anything.

pub(crate) mod details;
pub(crate) mod error;
pub(crate) mod experience;
pub(crate) mod import;
pub(crate) mod interest;
pub(crate) mod limits;
pub(crate) mod link;
pub(crate) mod message;
pub(crate) mod opportunity;
pub(crate) mod opportunity_search;
pub(crate) mod shift;
pub(crate) mod validation;

pub(crate) use error::Error;
