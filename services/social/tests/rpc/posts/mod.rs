//! Posts: what is said, who sees it, and what others make of it.

mod comments;
mod create;
mod delete;
mod feed;
mod feed_bounds;
mod feed_pages;
mod forgetting;
mod lists;
mod marks;
mod news;
mod races;
mod throttle;
mod visibility;

use connectus_proto::common::v1::ErrorReason;
use tonic::Code;

/// What is told of a post that is not there, or not for the caller to see.
pub(crate) const NOT_FOUND: (Code, ErrorReason) = (Code::NotFound, ErrorReason::PostNotFound);
