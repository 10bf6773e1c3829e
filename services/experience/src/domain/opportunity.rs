//! Something that an organization needs people for.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use connectus_platform::fields::{self, FieldError};
use connectus_proto::experience::v1::OpportunityDetails;
use uuid::Uuid;

use super::{interest::Standing, shift::Shift};

/// How many opportunities an organization has at most.
pub(crate) const MOST: i64 = 200;
/// How many of the people who are interested are shown with an opportunity alone.
pub(crate) const SHOWN_PEOPLE: i64 = 100;
/// How many of them are shown with each of a list: one call to account finds out whom of a page as long as most are it may show.
pub(crate) const LISTED_PEOPLE: i64 = 10;

const MOST_PEOPLE: i32 = 10_000;
const MOST_TAGS: usize = 20;
/// How many characters a tag has.
pub(crate) const TAG_LENGTH: RangeInclusive<usize> = 1..=50;

const NUMBER: &str = "details.number_of_people_needed";

/// Something that an organization needs people for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Opportunity {
    /// Its id, a UUIDv7.
    pub(crate) id: Uuid,
    /// The organization's account.
    pub(crate) organization_id: Uuid,
    /// What the organization says about it.
    pub(crate) details: OpportunityDetails,
    /// When it was made.
    pub(crate) created_at: DateTime<Utc>,
}

/// An opportunity with who is interested, as somebody sees it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    /// The opportunity.
    pub(crate) opportunity: Opportunity,
    /// Its shifts, in the order in which they begin.
    pub(crate) shifts: Vec<SeenShift>,
    /// For its organization, who is interested, latest first; nobody for everybody else.
    pub(crate) people: Vec<Uuid>,
    /// Whether who sees it is interested, where no shift is signed up for.
    pub(crate) is_interested: bool,
}

/// A shift with who has signed up for it, as somebody sees it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SeenShift {
    /// The shift.
    pub(crate) shift: Shift,
    /// How many have a place in it.
    pub(crate) signed_up: i64,
    /// How many wait for one.
    pub(crate) waiting: i64,
    /// Where the one stands who sees it.
    pub(crate) standing: Option<Standing>,
}

impl Seen {
    /// An opportunity that nobody has seen yet.
    pub(crate) fn new(opportunity: Opportunity, mut shifts: Vec<Shift>) -> Self {
        shifts.sort_by_key(|shift| (shift.times.begins_at, shift.id));
        let unseen = |shift| SeenShift { shift, signed_up: 0, waiting: 0, standing: None };
        let shifts = shifts.into_iter().map(unseen).collect();
        Self { opportunity, shifts, people: Vec::new(), is_interested: false }
    }
}

/// Checks every field, and returns the details without white space around them.
pub(crate) fn checked(details: Option<OpportunityDetails>) -> Result<OpportunityDetails, FieldError> {
    let details = details.ok_or_else(|| FieldError::new("details", "is required"))?;
    let least = i32::from(details.is_signups_enabled);
    if !(least..=MOST_PEOPLE).contains(&details.number_of_people_needed) {
        return Err(FieldError::new(NUMBER, format!("must be from {least} to {MOST_PEOPLE}")));
    }
    fields::list("details.tags", details.tags.len(), MOST_TAGS)?;
    let tags = details.tags.iter().map(|tag| fields::text("details.tags", tag, TAG_LENGTH));
    Ok(OpportunityDetails {
        name: fields::text("details.name", &details.name, 1..=200)?,
        description: fields::text("details.description", &details.description, 1..=5000)?,
        address: Some(fields::address("details.address", &details.address.unwrap_or_default())?),
        is_signups_enabled: details.is_signups_enabled,
        number_of_people_needed: details.number_of_people_needed,
        tags: tags.collect::<Result<_, _>>()?,
        method_of_contact: fields::text("details.method_of_contact", &details.method_of_contact, 0..=500)?,
    })
}

/// How many people have signed up for the shifts that an opportunity keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Occupancy {
    /// How many places are taken in the fullest of them.
    pub(crate) most_taken: i64,
    /// Whether anybody has a place in one or waits for one.
    pub(crate) is_used: bool,
}

impl Occupancy {
    /// Refuses details that would send away who has signed up.
    pub(crate) fn allow(self, details: &OpportunityDetails) -> Result<(), FieldError> {
        if self.is_used && !details.is_signups_enabled {
            return Err(FieldError::new("details.is_signups_enabled", "must stay: people have signed up"));
        }
        if self.most_taken > i64::from(details.number_of_people_needed) {
            return Err(FieldError::new(
                NUMBER,
                format!("must be at least {}: so many places are taken", self.most_taken),
            ));
        }
        Ok(())
    }
}
