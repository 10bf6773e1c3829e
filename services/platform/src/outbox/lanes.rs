//! How many messages of each kind a worker has under way.

use std::{collections::HashMap, sync::Arc};

/// How many of one kind a worker delivers at once: a slow one delays no other. When there are so many it takes no more of
/// them, but goes on with other kinds: mails that wait for a silent mail server do not hold up accounts.
pub(super) const CONCURRENCY: u8 = 32;

/// A lane for each kind.
#[derive(Default)]
pub(super) struct Lanes(HashMap<String, Arc<()>>);

/// A message's place in its lane, until it is dropped.
pub(super) struct Place {
    _lane: Arc<()>,
}

impl Lanes {
    /// Gives a place to a message of a kind.
    pub(super) fn enter(&mut self, kind: String) -> Place {
        Place { _lane: self.0.entry(kind).or_default().clone() }
    }

    /// The kinds of which no more are to be taken.
    pub(super) fn full(&self) -> Vec<&str> {
        // The lane's own is one of those that are counted.
        let full = self.0.iter().filter(|(_, lane)| Arc::strong_count(lane) > usize::from(CONCURRENCY));
        full.map(|(kind, _)| kind.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_full_until_a_place_is_given_back() {
        let mut lanes = Lanes::default();
        let mut places: Vec<Place> = (0..CONCURRENCY).map(|_| lanes.enter("mail".to_owned())).collect();
        let _other = lanes.enter("call".to_owned());
        assert_eq!(lanes.full(), ["mail"]);
        places.pop();
        assert_eq!(lanes.full(), [] as [&str; 0]);
    }
}
