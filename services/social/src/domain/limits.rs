//! How much an account may post.

use std::time::Duration;

use connectus_platform::throttle::{Attempt, Limit};
use uuid::Uuid;

/// Posts of one account.
const POSTS_BY: Limit = Limit { burst: 100, refill: Duration::from_secs(30) };

/// A post of an account.
pub(crate) fn post(account_id: Uuid) -> [Attempt; 1] {
    [Attempt::new("post by", &account_id.to_string(), POSTS_BY)]
}
