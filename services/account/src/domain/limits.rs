//! How often strangers may be asked to connect: by one account, and one account by another.

use std::time::Duration;

use connectus_platform::throttle::{Attempt, Limit};
use uuid::Uuid;

/// Requests of one account.
const REQUESTS_BY: Limit = Limit { burst: 100, refill: Duration::from_mins(15) };
/// Requests of one account to another, which may take them back and ask again.
const REQUESTS_TO: Limit = Limit { burst: 3, refill: Duration::from_hours(24) };

/// A request of an account to another.
pub(crate) fn connection_request(from: Uuid, to: Uuid) -> [Attempt; 2] {
    let by = Attempt::new("connection request by", &from.to_string(), REQUESTS_BY);
    [by, Attempt::new("connection request to", &format!("{from} {to}"), REQUESTS_TO)]
}
