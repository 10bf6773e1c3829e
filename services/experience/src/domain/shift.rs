//! The times at which people are needed.

use std::collections::HashSet;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use connectus_platform::{
    fields::{self, FieldError},
    ids,
};
use connectus_proto::experience::v1::ShiftTimes;
use prost_types::Timestamp;
use uuid::Uuid;

use super::Error;

/// How many shifts an opportunity has at most.
const MOST: usize = 100;
/// How long a shift is at most.
const LONGEST: TimeDelta = TimeDelta::days(31);

/// A time at which people are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shift {
    /// Its id, a UUIDv7.
    pub(crate) id: Uuid,
    /// When it is.
    pub(crate) times: Times,
}

/// When a shift is, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Times {
    /// When it begins.
    pub(crate) begins_at: DateTime<Utc>,
    /// When it ends, which is later.
    pub(crate) ends_at: DateTime<Utc>,
}

/// A shift as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The id of the one that is to have these times; empty for a new one, or for one that has them already.
    pub(crate) shift_id: String,
    /// When it is to be.
    pub(crate) times: Times,
}

/// What is to be done so that the shifts are as they are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// New ones.
    pub(crate) added: Vec<Shift>,
    /// Those that have other times from now on.
    pub(crate) changed: Vec<Shift>,
    /// Those that are none any more.
    pub(crate) removed: Vec<Uuid>,
}

/// Checks the shifts of an opportunity, of which there must be one where people sign up. No two are at the same time.
pub(crate) fn checked(shifts: &[ShiftTimes], is_signups_enabled: bool) -> Result<Vec<Wanted>, FieldError> {
    if is_signups_enabled && shifts.is_empty() {
        return Err(FieldError::new("shifts", "is required where people sign up"));
    }
    fields::list("shifts", shifts.len(), MOST)?;
    let (mut ids, mut times) = (HashSet::new(), HashSet::new());
    let checked = shifts.iter().enumerate().map(|(index, shift)| {
        let field = |name: &str| format!("shifts[{index}].{name}");
        let wanted = Wanted { shift_id: shift.shift_id.clone(), times: checked_times(shift, field)? };
        if !wanted.shift_id.is_empty() && !ids.insert(ids::parse(&wanted.shift_id)) {
            return Err(FieldError::new(field("shift_id"), "is there twice"));
        }
        if !times.insert(wanted.times) {
            return Err(FieldError::new(field("begin_time"), "is that of another shift, which ends with it"));
        }
        Ok(wanted)
    });
    checked.collect()
}

fn checked_times(shift: &ShiftTimes, field: impl Fn(&str) -> String) -> Result<Times, FieldError> {
    let begins_at = moment(&field("begin_time"), shift.begin_time)?;
    let ends_at = moment(&field("end_time"), shift.end_time)?;
    if begins_at >= ends_at || ends_at - begins_at > LONGEST {
        return Err(FieldError::new(field("end_time"), "must be after it begins, and at most 31 days later"));
    }
    Ok(Times { begins_at, ends_at })
}

/// A moment, of the years that the contract knows, without the fraction of its second.
pub(crate) fn moment(field: &str, time: Option<Timestamp>) -> Result<DateTime<Utc>, FieldError> {
    let time = time.ok_or_else(|| FieldError::new(field, "is required"))?;
    let moment = DateTime::from_timestamp(time.seconds, 0).filter(|moment| (1..=9999).contains(&moment.year()));
    moment.ok_or_else(|| FieldError::new(field, "is not a time"))
}

/// The shifts of a new opportunity, none of which is there yet.
pub(crate) fn new(wanted: &[Wanted], mut new_id: impl FnMut() -> Uuid) -> Result<Vec<Shift>, FieldError> {
    if let Some(index) = wanted.iter().position(|wanted| !wanted.shift_id.is_empty()) {
        return Err(FieldError::new(format!("shifts[{index}].shift_id"), "is for a shift that is there already"));
    }
    Ok(wanted.iter().map(|wanted| Shift { id: new_id(), times: wanted.times }).collect())
}

/// What makes the current shifts those that are wanted: matched by their ids, and otherwise by their times.
pub(crate) fn plan(current: &[Shift], wanted: &[Wanted], mut new_id: impl FnMut() -> Uuid) -> Result<Plan, Error> {
    let named: Vec<Option<Shift>> = wanted.iter().map(|wanted| named(current, wanted)).collect::<Result<_, _>>()?;
    let mut left: Vec<Shift> = current.iter().filter(|shift| !named.contains(&Some(**shift))).copied().collect();
    let mut plan = Plan::default();
    for (&Wanted { times, .. }, named) in wanted.iter().zip(named) {
        match named {
            Some(shift) if shift.times == times => {}
            Some(shift) => plan.changed.push(Shift { times, ..shift }),
            None => match left.iter().position(|shift| shift.times == times) {
                Some(same) => drop(left.swap_remove(same)),
                None => plan.added.push(Shift { id: new_id(), times }),
            },
        }
    }
    plan.removed = left.into_iter().map(|shift| shift.id).collect();
    Ok(plan)
}

/// The shift whose id is given, if one is.
fn named(current: &[Shift], wanted: &Wanted) -> Result<Option<Shift>, Error> {
    if wanted.shift_id.is_empty() {
        return Ok(None);
    }
    let id = ids::parse(&wanted.shift_id);
    let found = current.iter().find(|shift| Some(shift.id) == id);
    found.copied().map(Some).ok_or(Error::ShiftNotFound)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn at(hour: u8) -> Times {
        let begins_at = DateTime::UNIX_EPOCH + TimeDelta::hours(hour.into());
        Times { begins_at, ends_at: begins_at + TimeDelta::hours(1) }
    }

    fn id(number: u8) -> Uuid {
        Uuid::from_u128(number.into())
    }

    /// Shifts with ids from 0, at different hours.
    fn current() -> impl Strategy<Value = Vec<Shift>> {
        prop::collection::hash_set(0..8_u8, 0..6).prop_map(|hours| {
            (0..).zip(hours).map(|(number, hour)| Shift { id: id(number), times: at(hour) }).collect()
        })
    }

    /// Different hours, some with the id of a shift that there may be, each at most once.
    fn wanted() -> impl Strategy<Value = Vec<Wanted>> {
        let named = prop::collection::hash_map(0..8_u8, prop::option::of(0..7_u8), 0..6);
        named.prop_map(|hours| {
            let mut ids = HashSet::new();
            let mut once = |id: Option<u8>| id.filter(|id| ids.insert(*id));
            hours
                .into_iter()
                .map(|(hour, number)| Wanted {
                    shift_id: once(number).map(|number| id(number).to_string()).unwrap_or_default(),
                    times: at(hour),
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn a_plan_makes_the_shifts_what_is_wanted_and_keeps_whom_it_can(current in current(), wanted in wanted()) {
            let mut next = 100;
            let planned = plan(&current, &wanted, || { next += 1; id(next) });
            let before: BTreeMap<Uuid, Times> = current.iter().map(|shift| (shift.id, shift.times)).collect();
            let all_known = wanted.iter().all(|wanted| {
                wanted.shift_id.is_empty() || before.contains_key(&wanted.shift_id.parse().unwrap())
            });
            prop_assert_eq!(planned.is_ok(), all_known);
            let Ok(plan) = planned else { return Ok(()) };
            let mut after = before.clone();
            for shift in &plan.changed {
                prop_assert!(after.insert(shift.id, shift.times).is_some_and(|times| times != shift.times));
            }
            for id in &plan.removed {
                let times = after.remove(id).unwrap();
                // Who wanted these times and named no shift would have got this one, if it was not to have others.
                prop_assert!(!wanted.iter().any(|wanted| wanted.shift_id.is_empty() && wanted.times == times));
            }
            for shift in &plan.added {
                prop_assert!(after.insert(shift.id, shift.times).is_none());
            }
            let mut times: Vec<_> = after.values().map(|times| times.begins_at).collect();
            let mut expected: Vec<_> = wanted.iter().map(|wanted| wanted.times.begins_at).collect();
            times.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(times, expected);
            for wanted in wanted.iter().filter(|wanted| !wanted.shift_id.is_empty()) {
                prop_assert_eq!(after[&wanted.shift_id.parse::<Uuid>().unwrap()], wanted.times);
            }
        }
    }
}
