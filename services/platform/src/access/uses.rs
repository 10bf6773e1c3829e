//! Which tokens were used, for the list of their owners' sessions: noted with each call, told to auth with the next poll.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use connectus_proto::auth::v1::TokenUse;
use uuid::Uuid;

use crate::time::to_timestamp;

/// How exact the last use of a token is: within this time it is told once.
const PRECISION: TimeDelta = TimeDelta::seconds(60);
/// How many are told at once, as the contract says.
const MOST_TOLD: usize = 1000;
/// How many are noted; past it, what was told is forgotten, and told again.
const MOST_NOTED: usize = 100_000;

/// The tokens that were used of late.
#[derive(Default)]
pub(super) struct Uses {
    /// When each was last noted.
    noted: HashMap<Uuid, DateTime<Utc>>,
    /// Those that auth does not know of yet.
    untold: Vec<(Uuid, DateTime<Utc>)>,
    /// How many of them are on the way.
    telling: usize,
}

impl Uses {
    /// Notes that a token is used.
    pub(super) fn note(&mut self, token: Uuid, now: DateTime<Utc>) {
        if self.noted.get(&token).is_some_and(|noted| now - *noted < PRECISION) {
            return;
        }
        if self.noted.len() >= MOST_NOTED {
            self.noted.clear();
        }
        // While auth is away for long, the oldest are as good as any.
        if self.untold.len() < MOST_NOTED {
            self.noted.insert(token, now);
            self.untold.push((token, now));
        }
    }

    /// What auth is to be told next.
    pub(super) fn untold_uses(&mut self) -> Vec<TokenUse> {
        self.telling = self.untold.len().min(MOST_TOLD);
        let told = self.untold.iter().take(self.telling);
        told.map(|(token, at)| TokenUse { token_id: token.to_string(), use_time: Some(to_timestamp(*at)) }).collect()
    }

    /// That auth knows of them.
    pub(super) fn were_told(&mut self) {
        self.untold.drain(..self.telling);
        self.telling = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_told_once_a_minute_and_until_auth_knows() {
        let (mut uses, token, began) = (Uses::default(), Uuid::now_v7(), Utc::now());
        uses.note(token, began);
        uses.note(token, began + PRECISION / 2);
        assert_eq!(uses.untold_uses().len(), 1);
        assert_eq!(uses.untold_uses().len(), 1, "it was not told yet");
        uses.note(Uuid::now_v7(), began);
        uses.were_told();
        assert_eq!(uses.untold_uses().len(), 1, "only the other one is left");
        uses.were_told();
        uses.note(token, began + PRECISION);
        assert_eq!(uses.untold_uses().len(), 1);
    }

    #[test]
    fn however_many_are_used_no_more_than_the_bound_is_kept_or_told_at_once() {
        let (mut uses, now) = (Uses::default(), Utc::now());
        for _ in 0..MOST_NOTED + 10 {
            uses.note(Uuid::now_v7(), now);
        }
        assert!(uses.noted.len() <= MOST_NOTED && uses.untold.len() <= MOST_NOTED);
        assert_eq!(uses.untold_uses().len(), MOST_TOLD);
    }
}
