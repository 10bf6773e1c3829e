//! What accounts are searched for.

use connectus_platform::{
    fields::{self, FieldError},
    geo::Circle,
    page::Ranked,
    search,
};
use connectus_proto::{account::v1::SearchAccountsRequest, common::v1::AccountType};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many interests may be searched for.
const MAX_INTERESTS: usize = 10;
/// How many characters one has at most.
const MAX_INTEREST: usize = 100;
/// The shortest word that is looked for within names, in characters: with only shorter ones, a name must begin with them.
const LEAST_WITHIN: usize = 3;

/// What is searched for.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    /// Words that a name must have, all of them; none for any name.
    pub(crate) words: Vec<String>,
    /// Accounts of one type only.
    pub(crate) account_type: Option<AccountType>,
    /// Interests of which an account must have one; none for any account.
    pub(crate) interests: Vec<String>,
    /// Where an organization must be.
    pub(crate) area: Option<Circle>,
}

/// Accounts that match in one way, all of which come before those that match in the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Tier {
    /// The name begins with the words.
    Name,
    /// Words of the name begin with the words, in whatever order.
    Words,
    /// As before, but for a typo in a word or several.
    Typos,
    /// The interests are shared; no words are searched for.
    Interests,
    /// It is in the middle of the area; no words are searched for.
    Nearest,
    /// It is around the middle of the area; no words are searched for.
    Near,
    /// It is in the rest of the area; no words are searched for.
    Far,
}

/// A circle, but for a smaller one in its middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ring {
    /// The circle.
    pub(crate) circle: Circle,
    /// The radius of what is left out, in kilometres; less than nothing where nothing is.
    pub(crate) inner_km: f64,
}

/// A place in the order of what is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// How it matches.
    pub(crate) tier: Tier,
    /// How far behind it is among those that match in this way.
    pub(crate) rank: i64,
    /// The name, as it is searched for; empty where no words are.
    pub(crate) name: String,
    /// The account.
    pub(crate) id: Uuid,
}

impl Search {
    /// Reads what is searched for. Something must be.
    pub(crate) fn new(request: &SearchAccountsRequest) -> Result<Self, FieldError> {
        let search = Self {
            words: search::words("query", &request.query)?,
            account_type: account_type(request.account_type)?,
            interests: interests(&request.interests)?,
            area: request.area.map(|area| fields::area("area", area)).transpose()?,
        };
        if search.words.is_empty() && search.interests.is_empty() && search.area.is_none() {
            return Err(FieldError::new("query", "is required where no interests and no area are given"));
        }
        Ok(search)
    }

    /// The ways in which an account may match, best first.
    pub(crate) fn tiers(&self) -> &'static [Tier] {
        let is_long = |word: &String| word.chars().count() >= LEAST_WITHIN;
        match (self.words.is_empty(), self.area.is_some()) {
            (false, _) if self.words.iter().any(is_long) => &[Tier::Name, Tier::Words, Tier::Typos],
            (false, _) => &[Tier::Name],
            (true, true) => &[Tier::Nearest, Tier::Near, Tier::Far],
            (true, false) => &[Tier::Interests],
        }
    }

    /// The part of the area in which an account is that matches in this way. An area is searched from its middle, so that who is
    /// next is found without a look at everybody in it.
    pub(crate) fn ring(&self, tier: Tier) -> Option<Ring> {
        let Circle { longitude, latitude, radius_km } = self.area?;
        let ring = |inner_km, radius_km| Ring { circle: Circle { longitude, latitude, radius_km }, inner_km };
        let (nearest, near) = (radius_km / 64.0, radius_km / 8.0);
        Some(match tier {
            Tier::Name | Tier::Words | Tier::Typos | Tier::Interests => ring(-1.0, radius_km),
            Tier::Nearest => ring(-1.0, nearest),
            Tier::Near => ring(nearest, near),
            Tier::Far => ring(near, radius_km),
        })
    }

    /// Reads which page is asked for. A position must be one of this search's.
    pub(crate) fn page(&self, size: i32, token: &str) -> Result<Ranked<Position>, FieldError> {
        let page = Ranked::<Position>::new(size, token)?;
        match &page.after {
            Some(after) if !self.tiers().contains(&after.tier) => {
                Err(FieldError::new("page_token", "is of another search"))
            }
            _ => Ok(page),
        }
    }
}

fn account_type(number: i32) -> Result<Option<AccountType>, FieldError> {
    match AccountType::try_from(number) {
        Ok(AccountType::Unspecified) => Ok(None),
        Ok(known @ (AccountType::User | AccountType::Organization)) => Ok(Some(known)),
        Err(_) => Err(FieldError::new("account_type", "is unknown")),
    }
}

fn interests(interests: &[String]) -> Result<Vec<String>, FieldError> {
    fields::list("interests", interests.len(), MAX_INTERESTS)?;
    interests.iter().map(|interest| fields::text("interests", interest, 1..=MAX_INTEREST)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use connectus_proto::common::v1::{Area, GeoPoint};
    use proptest::prelude::*;

    use super::*;

    fn search(query: &str, interests: &[&str], area: Option<Area>) -> Search {
        let interests = interests.iter().map(ToString::to_string).collect();
        let request = SearchAccountsRequest { query: query.to_owned(), interests, area, ..Default::default() };
        Search::new(&request).unwrap()
    }

    fn around(radius_km: f64) -> Area {
        Area { center: Some(GeoPoint::default()), radius_km }
    }

    #[test]
    fn words_count_for_more_than_a_place_and_a_place_for_more_than_interests() {
        assert_eq!(search("ann", &["music"], Some(around(1.0))).tiers(), [Tier::Name, Tier::Words, Tier::Typos]);
        assert_eq!(search("a ann", &[], None).tiers(), [Tier::Name, Tier::Words, Tier::Typos]);
        assert_eq!(search("a an", &["music"], None).tiers(), [Tier::Name]);
        assert_eq!(search("", &["music"], Some(around(1.0))).tiers(), [Tier::Nearest, Tier::Near, Tier::Far]);
        assert_eq!(search("", &["music"], None).tiers(), [Tier::Interests]);
    }

    proptest! {
        #[test]
        fn every_distance_in_an_area_is_in_one_ring(radius_km in 0.001..=500.0, part in 0.0..=1.0) {
            let search = search("", &[], Some(around(radius_km)));
            let distance = radius_km * part;
            let has = |tier: &Tier| {
                let ring = search.ring(*tier).unwrap();
                ring.inner_km < distance && distance <= ring.circle.radius_km
            };
            prop_assert_eq!(search.tiers().iter().filter(|tier| has(tier)).count(), 1);
        }
    }
}
