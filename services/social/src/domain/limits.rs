//! How much an account may post and make of posts, and how many mails about notifications it is sent at once.

use std::time::Duration;

use connectus_platform::throttle::{Attempt, Limit};
use uuid::Uuid;

/// Posts of one account.
const POSTS_BY: Limit = Limit { burst: 100, refill: Duration::from_secs(30) };
/// Likes and shares of one account, put and taken back.
const MARKS_BY: Limit = Limit { burst: 500, refill: Duration::from_secs(2) };

/// Mails at once to one account, whoever causes them.
const MAILS_TO: Limit = Limit { burst: 20, refill: Duration::from_mins(10) };
/// Mails at once to one account that another causes.
const MAILS_BY: Limit = Limit { burst: 5, refill: Duration::from_hours(4) };

/// A mail at once to an account about what somebody did.
pub(crate) fn mail(account_id: Uuid, actor_id: Option<Uuid>) -> [Attempt; 2] {
    let by = format!("{} to {account_id}", actor_id.unwrap_or_default());
    [
        Attempt::new("notification mail to", &account_id.to_string(), MAILS_TO),
        Attempt::new("notification mail by", &by, MAILS_BY),
    ]
}

/// A post of an account.
pub(crate) fn post(account_id: Uuid) -> [Attempt; 1] {
    [Attempt::new("post by", &account_id.to_string(), POSTS_BY)]
}

/// A like or a share that an account puts on a post, or takes off.
pub(crate) fn mark(account_id: Uuid) -> [Attempt; 1] {
    [Attempt::new("mark by", &account_id.to_string(), MARKS_BY)]
}
