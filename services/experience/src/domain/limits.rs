//! How often somebody may do what others are told of.

use std::time::Duration;

use connectus_platform::throttle::{Attempt, Limit};
use uuid::Uuid;

/// Mails that one person has sent.
const MAILS_BY: Limit = Limit { burst: 30, refill: Duration::from_mins(30) };
/// Mails to one address, whoever has them sent.
const MAILS_TO: Limit = Limit { burst: 10, refill: Duration::from_hours(1) };
/// Requests of one person to organizations on the site: as many as somebody may have who writes down years at once, and then
/// more than anybody does in a day.
const REQUESTS_BY: Limit = Limit { burst: 100, refill: Duration::from_mins(10) };
/// Interests that one person shows: more than anybody reads about in an hour.
const INTERESTS_BY: Limit = Limit { burst: 60, refill: Duration::from_mins(1) };
/// Interests in the same thing, which may be withdrawn and shown again by who cannot make up their mind.
const INTERESTS_IN: Limit = Limit { burst: 5, refill: Duration::from_hours(4) };
/// New opportunities of one organization, which may come with all that it may have.
const OPPORTUNITIES_BY: Limit = Limit { burst: 200, refill: Duration::from_mins(5) };
/// Changes that people are told of, by one organization: of half of what it may have at once.
const CHANGES_BY: Limit = Limit { burst: 100, refill: Duration::from_mins(10) };
/// Changes of one opportunity that people are told of: a day on which everything goes wrong has no more.
const CHANGES_OF: Limit = Limit { burst: 10, refill: Duration::from_hours(1) };

/// A mail that a person has sent to an address.
pub(crate) fn mail(user_id: Uuid, email: &str) -> [Attempt; 2] {
    let by = Attempt::new("approval mail by", &user_id.to_string(), MAILS_BY);
    [by, Attempt::new("approval mail to", &email.to_lowercase(), MAILS_TO)]
}

/// A person's request to an organization on the site.
pub(crate) fn request(user_id: Uuid) -> [Attempt; 1] {
    [Attempt::new("approval request by", &user_id.to_string(), REQUESTS_BY)]
}

/// A person's interest in an opportunity or a shift.
pub(crate) fn interest(user_id: Uuid, wanted: Uuid) -> [Attempt; 2] {
    let by = Attempt::new("interest by", &user_id.to_string(), INTERESTS_BY);
    [by, Attempt::new("interest in", &format!("{user_id} {wanted}"), INTERESTS_IN)]
}

/// A new opportunity of an organization.
pub(crate) fn opportunity(organization_id: Uuid) -> [Attempt; 1] {
    [Attempt::new("opportunity by", &organization_id.to_string(), OPPORTUNITIES_BY)]
}

/// A change of an opportunity that people are told of.
pub(crate) fn change(organization_id: Uuid, opportunity_id: Uuid) -> [Attempt; 2] {
    let by = Attempt::new("opportunity change by", &organization_id.to_string(), CHANGES_BY);
    [by, Attempt::new("opportunity change of", &opportunity_id.to_string(), CHANGES_OF)]
}
