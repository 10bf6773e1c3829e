//! What several items come to, worked on in their order: which records say what, whose they are, and who turns out to be one.
//!
//! A person is a member. Records of several sources are one member's when they have an e-mail address or a handle in common. When
//! that joins two members, the older one stays.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    activity::Activity,
    handle::{Handle, Kind},
    item::{Item, ItemKind},
    statements::Statements,
    tag::TagRef,
};

/// What a record is known by: its source, and the source's own id of the person.
pub(crate) type RecordKey = (i64, String);
/// What an activity is known by: its source, the source's own id of it, and its type.
pub(crate) type ActivityKey = (i64, String, String);

/// A person as one source knows them.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Its id.
    pub(crate) id: Uuid,
    /// Whose it was when it was read or made.
    pub(crate) member_id: Uuid,
    /// What the source has said.
    pub(crate) statements: Statements,
    /// Whether it is new.
    pub(crate) is_new: bool,
    /// What it was known by before.
    pub(crate) old_handles: BTreeSet<Handle>,
    /// Whether anything about it has changed.
    pub(crate) is_changed: bool,
}

impl Record {
    /// One that was there before.
    pub(crate) fn old(id: Uuid, member_id: Uuid, statements: Statements) -> Self {
        let old_handles = Handle::all(&statements).into_iter().collect();
        Self { id, member_id, statements, is_new: false, old_handles, is_changed: false }
    }

    /// What it is known by now.
    pub(crate) fn handles(&self) -> BTreeSet<Handle> {
        Handle::all(&self.statements).into_iter().collect()
    }
}

/// An activity that is to be written.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// Its id.
    pub(crate) id: Uuid,
    /// Whose it is from now on.
    pub(crate) record_id: Uuid,
    /// Whose it was, if it was there before.
    pub(crate) old_record_id: Option<Uuid>,
    /// What it is.
    pub(crate) activity: Activity,
    /// When the source first told of it, as far as these items go.
    pub(crate) told_at: DateTime<Utc>,
}

/// That two members turn out to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Merge {
    /// The one that stays.
    pub(crate) member_id: Uuid,
    /// The one that becomes part of it.
    pub(crate) merged_id: Uuid,
    /// What they have in common.
    pub(crate) matched_by: Kind,
}

/// What is known before, as far as the items are about it; and what they come to.
#[derive(Default)]
pub(crate) struct Batch {
    /// The records of the items' people.
    pub(crate) records: HashMap<RecordKey, Record>,
    /// Who has the items' handles: records with their members.
    pub(crate) holders: HashMap<Handle, Vec<(Uuid, Uuid)>>,
    /// The items' activities that are there already: their ids, and the records that they are of.
    pub(crate) activities: HashMap<ActivityKey, (Uuid, Uuid)>,
    /// Pairs of members who are not one, each in the order of their ids.
    pub(crate) separated: HashSet<(Uuid, Uuid)>,
    /// Members that are to be made.
    pub(crate) new_members: Vec<Uuid>,
    /// Members that turn out to be one, in their order.
    pub(crate) merges: Vec<Merge>,
    /// Activities that are to be written.
    pub(crate) written: HashMap<ActivityKey, Written>,
    /// Tags that records get.
    pub(crate) record_tags: HashSet<(Uuid, TagRef)>,
    /// Tags that activities get.
    pub(crate) activity_tags: HashSet<(Uuid, TagRef)>,
    /// Which member one has become part of.
    merged: HashMap<Uuid, Uuid>,
}

impl Batch {
    /// Works on one item, which was taken in at a position and a time. New ids come in their order.
    pub(crate) fn apply(
        &mut self,
        item: &Item,
        position: i64,
        told_at: DateTime<Utc>,
        mut new_id: impl FnMut() -> Uuid,
    ) {
        let record_id = self.apply_user(item, position, &mut new_id);
        if let ItemKind::Activity(activity) = &item.said {
            self.apply_activity(item.source_id, activity, record_id, told_at, &mut new_id);
        }
    }

    fn apply_activity(
        &mut self,
        source_id: i64,
        activity: &Activity,
        record_id: Uuid,
        told_at: DateTime<Utc>,
        new_id: &mut impl FnMut() -> Uuid,
    ) {
        let key = (source_id, activity.id.clone(), activity.activity_type.clone());
        let old = self.activities.get(&key).copied();
        let before = self.written.remove(&key);
        let id = before.as_ref().map(|before| before.id).or(old.map(|(id, _)| id)).unwrap_or_else(new_id);
        for tag in &activity.tags {
            self.activity_tags.insert((id, tag.clone()));
        }
        let mut activity = activity.clone();
        // What it does not say again stays as it was.
        activity.occurred_at = activity.occurred_at.or(before.as_ref().and_then(|before| before.activity.occurred_at));
        let told_at = before.map_or(told_at, |before| before.told_at);
        let old_record_id = old.map(|(_, record_id)| record_id);
        self.written.insert(key, Written { id, record_id, old_record_id, activity, told_at });
    }

    /// Notes what is said of a person, and finds out who it is. Answers the record.
    fn apply_user(&mut self, item: &Item, position: i64, new_id: &mut impl FnMut() -> Uuid) -> Uuid {
        let (user, (source_id, id)) = (item.user(), item.record_key());
        let key = (source_id, id.to_owned());
        let mut record = match self.records.remove(&key) {
            Some(record) => record,
            None => self.new_record(new_id),
        };
        let before = record.handles();
        let is_less = record.statements.take_back(&user.taken_back);
        if record.statements.note(&user.said, position) || is_less {
            record.is_changed = true;
        }
        self.rename(&record, &before);
        self.join(&record);
        for tag in &user.tags {
            self.record_tags.insert((record.id, tag.clone()));
        }
        let id = record.id;
        self.records.insert(key, record);
        id
    }

    /// A record that is not there yet, of a member of its own: who else it is, is found as with others, and can be undone.
    fn new_record(&mut self, new_id: &mut impl FnMut() -> Uuid) -> Record {
        let member_id = new_id();
        self.new_members.push(member_id);
        Record {
            id: new_id(),
            member_id,
            statements: Statements::default(),
            is_new: true,
            old_handles: BTreeSet::new(),
            is_changed: true,
        }
    }

    /// Notes by what a record is known now.
    fn rename(&mut self, record: &Record, before: &BTreeSet<Handle>) {
        let now = record.handles();
        for gone in before.difference(&now) {
            self.holders.entry(gone.clone()).or_default().retain(|(holder, _)| *holder != record.id);
        }
        for new in now.difference(before) {
            self.holders.entry(new.clone()).or_default().push((record.id, record.member_id));
        }
    }

    /// Makes one member of the one that a record is of and all others that have one of its handles.
    fn join(&mut self, record: &Record) {
        for handle in record.handles() {
            for other in self.members_with(&handle) {
                let own = self.member(record.member_id);
                let other = self.member(other);
                if own != other && !self.are_separated(own, other) {
                    let (member_id, merged_id) = (own.min(other), own.max(other));
                    self.merged.insert(merged_id, member_id);
                    self.merges.push(Merge { member_id, merged_id, matched_by: handle.kind });
                }
            }
        }
    }

    /// The members who have a handle, oldest first.
    fn members_with(&self, handle: &Handle) -> BTreeSet<Uuid> {
        self.holders.get(handle).into_iter().flatten().map(|(_, member_id)| self.member(*member_id)).collect()
    }

    /// The member that one is part of by now.
    fn member(&self, mut id: Uuid) -> Uuid {
        while let Some(whole) = self.merged.get(&id) {
            id = *whole;
        }
        id
    }

    /// Whether somebody said of two members, or of what they have become part of, that they are not one.
    fn are_separated(&self, one: Uuid, other: Uuid) -> bool {
        self.separated.iter().any(|(a, b)| {
            let (a, b) = (self.member(*a), self.member(*b));
            (a, b) == (one, other) || (b, a) == (one, other)
        })
    }
}

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::domain::{statements::Said, user::User};

    fn item(source_id: i64, id: &str, said: &[(&str, &str)]) -> Item {
        let said = said.iter().map(|(field, value)| ((*field).to_owned(), json!(value))).collect::<Said>();
        Item {
            source_id,
            said: ItemKind::User(User {
                id: id.to_owned(),
                source_id: None,
                said,
                tags: Vec::new(),
                taken_back: Vec::new(),
            }),
        }
    }

    /// Works on items, and tells which member each record is of.
    fn members(batch: &mut Batch, items: &[Item]) -> HashMap<RecordKey, Uuid> {
        let mut last = 0_u128;
        for (position, item) in items.iter().enumerate() {
            let new_id = || {
                last += 1;
                Uuid::from_u128(last)
            };
            batch.apply(item, i64::try_from(position).unwrap(), Utc::now(), new_id);
        }
        batch.records.iter().map(|(key, record)| (key.clone(), batch.member(record.member_id))).collect()
    }

    #[test]
    fn a_common_address_makes_one_member_of_two() {
        let mut batch = Batch::default();
        let items = [
            item(1, "a", &[("email", "Ann@example.org")]),
            item(2, "b", &[("github", "ann")]),
            item(3, "c", &[("email", "ann@example.org"), ("github", "Ann")]),
        ];
        let members = members(&mut batch, &items);
        assert_eq!(members.values().collect::<HashSet<_>>().len(), 1);
        let [a, b, c] = batch.new_members[..] else { panic!("each is a member at first") };
        assert_eq!(members[&(3, "c".to_owned())], a);
        let merge = |merged_id, matched_by| Merge { member_id: a, merged_id, matched_by };
        assert_eq!(batch.merges, [merge(c, Kind::Email), merge(b, Kind::Github)]);
    }

    #[test]
    fn members_who_were_separated_stay_so() {
        let mut batch = Batch::default();
        members(
            &mut batch,
            &[item(1, "a", &[("email", "a@example.org")]), item(2, "b", &[("email", "b@example.org")])],
        );
        batch.separated.insert((batch.new_members[0], batch.new_members[1]));
        let last = [item(2, "b", &[("email", "a@example.org")])];
        assert_eq!(members(&mut batch, &last).values().collect::<HashSet<_>>().len(), 2);
        assert_eq!(batch.merges, []);
    }

    #[test]
    fn a_person_without_a_handle_is_nobody_else() {
        let mut batch = Batch::default();
        let items = [item(1, "a", &[("full_name", "Ann")]), item(2, "a", &[("full_name", "Ann")])];
        assert_eq!(members(&mut batch, &items).values().collect::<HashSet<_>>().len(), 2);
    }

    /// The groups of records that must be one member's: those that some chain of handles joined.
    fn groups(items: &[Item]) -> Vec<BTreeSet<RecordKey>> {
        let mut groups: Vec<(BTreeSet<RecordKey>, BTreeSet<Handle>)> = Vec::new();
        for item in items {
            let mut statements = Statements::default();
            statements.note(&item.user().said, 0);
            let mut joined = (
                BTreeSet::from([(item.source_id, item.user().id.clone())]),
                Handle::all(&statements).into_iter().collect(),
            );
            groups.retain(|(records, handles)| {
                let is_apart = records.is_disjoint(&joined.0) && handles.is_disjoint(&joined.1);
                if !is_apart {
                    joined.0.extend(records.iter().cloned());
                    joined.1.extend(handles.iter().cloned());
                }
                is_apart
            });
            groups.push(joined);
        }
        groups.into_iter().map(|(records, _)| records).collect()
    }

    proptest! {
        #[test]
        fn who_has_a_handle_in_common_is_one(
            said in prop::collection::vec((0..3_i64, "[ab]", prop::option::of("[xyz]@e.org"), prop::option::of("[uvw]")), 0..12)
        ) {
            // Nobody takes a handle back here: then what was joined stays joined, and the groups would not tell.
            let mut fixed: HashMap<(i64, String), (Option<String>, Option<String>)> = HashMap::new();
            let items: Vec<Item> = said.into_iter().map(|(source, id, email, github)| {
                let (email, github) = fixed.entry((source, id.clone())).or_insert((email, github)).clone();
                let said: Vec<(&str, &str)> = [("email", &email), ("github", &github)]
                    .into_iter().filter_map(|(field, value)| Some((field, value.as_deref()?))).collect();
                item(source, &id, &said)
            }).collect();
            let members = members(&mut Batch::default(), &items);
            for one in &groups(&items) {
                for other in &groups(&items) {
                    let are_one = members[one.first().unwrap()] == members[other.first().unwrap()];
                    prop_assert_eq!(are_one, one == other);
                }
                prop_assert_eq!(one.iter().map(|key| members[key]).collect::<HashSet<_>>().len(), 1);
            }
        }
    }
}
