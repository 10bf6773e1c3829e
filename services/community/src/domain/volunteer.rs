//! What the suite itself says of people: what their organization has confirmed, as far as they share it.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{
    activity::{AHEAD, Activity, Work},
    item::{Item, ItemKind},
    statements::Said,
    structure::CONFIRMED_EXPERIENCE,
    user::User,
};

/// The fields of a profile that the suite speaks of.
const FIELDS: [&str; 2] = ["full_name", "email"];

/// What a person shares with an organization.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    /// What the person is called, as the organization may see it.
    pub(crate) full_name: String,
    /// The address, if it is verified: of another's, nobody is found to be one with them.
    pub(crate) email: Option<String>,
    /// What the organization has confirmed.
    pub(crate) experiences: Vec<Confirmed>,
}

/// An experience that an organization has confirmed.
#[derive(Clone, Debug)]
pub(crate) struct Confirmed {
    /// Its id.
    pub(crate) id: String,
    /// What the person calls it.
    pub(crate) name: String,
    /// How long it took, and when it was.
    pub(crate) work: Work,
    /// When it was confirmed.
    pub(crate) confirmed_at: DateTime<Utc>,
}

/// What the suite says of a person from now on, through its source: of each experience that is shared, or that nothing is.
pub(crate) fn items(source_id: i64, account_id: Uuid, shared: Option<&Shared>, now: DateTime<Utc>) -> Vec<Item> {
    let said = said(shared);
    let taken_back = FIELDS.into_iter().filter(|field| !said.contains_key(*field)).collect();
    let user = User { id: account_id.to_string(), source_id: None, said, tags: Vec::new(), taken_back };
    let Some(shared) = shared else { return vec![Item { source_id, said: ItemKind::User(user) }] };
    let activities = shared.experiences.iter().map(|confirmed| confirmed.activity(user.clone(), now));
    activities.map(|activity| Item { source_id, said: ItemKind::Activity(Box::new(activity)) }).collect()
}

fn said(shared: Option<&Shared>) -> Said {
    let values = [shared.map(|shared| &shared.full_name), shared.and_then(|shared| shared.email.as_ref())];
    FIELDS.into_iter().zip(values).filter_map(|(field, value)| Some((field.to_owned(), json!(value?)))).collect()
}

impl Confirmed {
    fn activity(&self, user: User, now: DateTime<Utc>) -> Activity {
        Activity {
            id: self.id.clone(),
            activity_type: CONFIRMED_EXPERIENCE.to_owned(),
            user,
            title: self.name.clone(),
            content: String::new(),
            is_markdown: false,
            occurred_at: Some(self.began_at(now).unwrap_or(self.confirmed_at)),
            url: String::new(),
            tags: Vec::new(),
            parent: None,
            sub_source: String::new(),
            work: Some(self.work.clone()),
        }
    }

    /// When it began, where the person wrote a moment (RFC 3339) or a day of the calendar, which is not to come.
    fn began_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let moment = DateTime::parse_from_rfc3339(&self.work.begin).map(|moment| moment.to_utc());
        let day = || self.work.begin.parse::<NaiveDate>().map(|day| day.and_time(NaiveTime::MIN).and_utc());
        let began_at = moment.or_else(|_| day()).ok()?;
        (DateTime::UNIX_EPOCH..=now + AHEAD).contains(&began_at).then_some(began_at)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_writes_tells_when_it_began_if_it_is_a_time() {
        let (now, confirmed_at) = (at("2026-06-01T00:00:00Z"), at("2026-05-03T10:00:00Z"));
        for (begin, expected) in [
            ("2026-05-01", Some("2026-05-01T00:00:00Z")),
            ("2026-05-01T09:30:00+02:00", Some("2026-05-01T07:30:00Z")),
            ("May 1", None),
            ("", None),
            ("2026-13-01", None),
            ("1969-12-31", None),
            ("2026-06-03", None),
        ] {
            let work = Work { hours: 1, begin: begin.to_owned(), end: String::new() };
            let confirmed = Confirmed { id: "1".to_owned(), name: "Help".to_owned(), work, confirmed_at };
            assert_eq!(confirmed.began_at(now), expected.map(at), "{begin}");
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }
}
