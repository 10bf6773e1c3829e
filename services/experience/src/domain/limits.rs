//! How many mails strangers may be sent: by one person, and to one address.

use std::time::Duration;

use connectus_platform::throttle::{Attempt, Limit};
use uuid::Uuid;

/// Mails that one person has sent.
const MAILS_BY: Limit = Limit { burst: 30, refill: Duration::from_mins(30) };
/// Mails to one address, whoever has them sent.
const MAILS_TO: Limit = Limit { burst: 10, refill: Duration::from_hours(1) };

/// A mail that a person has sent to an address.
pub(crate) fn mail(user_id: Uuid, email: &str) -> [Attempt; 2] {
    let by = Attempt::new("approval mail by", &user_id.to_string(), MAILS_BY);
    [by, Attempt::new("approval mail to", &email.to_lowercase(), MAILS_TO)]
}
