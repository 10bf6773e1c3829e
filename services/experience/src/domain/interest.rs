//! Who is interested in an opportunity, and who has a place in a shift or waits for one.

use chrono::{DateTime, Utc};
use connectus_platform::{fields::FieldError, ids};
use uuid::Uuid;

use super::{Error, opportunity::Opportunity, shift::Shift};

/// How many interests a person has at most.
pub(crate) const MOST: i64 = 500;

/// Somebody's interest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interest {
    /// Its id, a UUIDv7: who was later comes after who was earlier.
    pub(crate) id: Uuid,
    /// The person.
    pub(crate) user_id: Uuid,
    /// The shift, where one is signed up for.
    pub(crate) shift_id: Option<Uuid>,
    /// Where the person stands.
    pub(crate) standing: Standing,
    /// Since when.
    pub(crate) created_at: DateTime<Utc>,
}

/// Where somebody stands with an opportunity or a shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// They are interested; no shift is signed up for.
    Interested,
    /// They have a place in the shift.
    SignedUp,
    /// They wait for one.
    Waiting,
}

impl Standing {
    /// Where somebody stands who signs up for a shift that needs so many people, of whom so many are there.
    pub(crate) fn after(taken: i64, needed: i32) -> Self {
        if taken < i64::from(needed) { Self::SignedUp } else { Self::Waiting }
    }
}

/// Which shift somebody means who is interested in an opportunity: one of it where people sign up, and otherwise none.
pub(crate) fn meant(opportunity: &Opportunity, shift_id: &str) -> Result<Option<Uuid>, Error> {
    match (opportunity.details.is_signups_enabled, shift_id) {
        (true, "") => Err(FieldError::new("shift_id", "is required: people sign up for shifts").into()),
        (true, id) => Ok(Some(ids::parse(id).ok_or(Error::ShiftNotFound)?)),
        (false, "") => Ok(None),
        (false, _) => Err(FieldError::new("shift_id", "must be empty: nobody signs up").into()),
    }
}

/// Refuses to sign somebody up for a shift that is over.
pub(crate) fn require_ahead(shift: &Shift, now: DateTime<Utc>) -> Result<(), Error> {
    if shift.times.ends_at > now { Ok(()) } else { Err(Error::ShiftOver) }
}
