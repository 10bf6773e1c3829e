//! What was taken in, and is worked on later.

use serde::{Deserialize, Serialize};

use super::{activity::Activity, user::User};

/// What a source has said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Item {
    /// The source.
    pub(crate) source_id: i64,
    /// What it said.
    #[serde(flatten)]
    pub(crate) said: ItemKind,
}

/// What something is that a source has said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ItemKind {
    /// Something about a person.
    User(User),
    /// Something that a person did.
    Activity(Box<Activity>),
}

impl Item {
    /// The person whom it is about.
    pub(crate) fn user(&self) -> &User {
        match &self.said {
            ItemKind::User(user) => user,
            ItemKind::Activity(activity) => &activity.user,
        }
    }

    /// The record of that person: its source, and the source's own id.
    pub(crate) fn record_key(&self) -> (i64, &str) {
        let user = self.user();
        (user.source_id.unwrap_or(self.source_id), &user.id)
    }
}
