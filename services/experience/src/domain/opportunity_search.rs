//! What opportunities are searched for.

use chrono::{DateTime, Utc};
use connectus_platform::{
    fields::{self, FieldError},
    geo::Circle,
    search,
};
use connectus_proto::experience::v1::SearchOpportunitiesRequest;

use super::{opportunity::TAG_LENGTH, shift::moment};

/// How many tags may be searched for.
const MOST_TAGS: usize = 10;

/// What is searched for; where nothing is said, any will do.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    /// Words that its name, its place or its tags must have, all of them.
    pub(crate) words: Vec<String>,
    /// Tags that it must have, all of them.
    pub(crate) tags: Vec<String>,
    /// Where it must be.
    pub(crate) area: Option<Circle>,
    /// When it must be.
    pub(crate) when: When,
}

/// When an opportunity must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Not before this: a shift of it ends later, or it has none.
    Ahead(DateTime<Utc>),
    /// A shift of it ends after the first, and begins before the second.
    Between(Option<DateTime<Utc>>, Option<DateTime<Utc>>),
}

impl Search {
    /// Reads what is searched for.
    pub(crate) fn new(request: &SearchOpportunitiesRequest, now: DateTime<Utc>) -> Result<Self, FieldError> {
        fields::list("tags", request.tags.len(), MOST_TAGS)?;
        let tags = request.tags.iter().map(|tag| fields::text("tags", tag, TAG_LENGTH));
        Ok(Self {
            words: search::words("query", &request.query)?,
            tags: tags.collect::<Result<_, _>>()?,
            area: request.area.map(|area| fields::area("area", area)).transpose()?,
            when: when(request, now)?,
        })
    }
}

fn when(request: &SearchOpportunitiesRequest, now: DateTime<Utc>) -> Result<When, FieldError> {
    let read = |field, time: Option<_>| time.map(|time| moment(field, Some(time))).transpose();
    match (read("from_time", request.from_time)?, read("to_time", request.to_time)?) {
        (None, None) => Ok(When::Ahead(now)),
        (Some(from), Some(to)) if from >= to => Err(FieldError::new("to_time", "must be after from_time")),
        (from, to) => Ok(When::Between(from, to)),
    }
}
