//! What an account says.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A post.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    /// Its id, a UUIDv7.
    pub(crate) id: Uuid,
    /// Who says it.
    pub(crate) author: Uuid,
    /// What is said.
    pub(crate) content: Content,
    /// When.
    pub(crate) created_at: DateTime<Utc>,
    /// What others make of it.
    pub(crate) counts: Counts,
}

/// What is said in a post, which never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    /// The text; empty where there is only something to look at.
    pub(crate) text: String,
    /// The post that it replies to, which may be gone by now.
    pub(crate) reply_to: Option<Uuid>,
    /// What there is to look at.
    pub(crate) multimedia: Vec<Multimedia>,
    /// What it is found by.
    pub(crate) tags: Vec<String>,
    /// Who may see it.
    pub(crate) visibility: Visibility,
}

/// How many have done something about a post.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// Who like it.
    pub(crate) likes: i64,
    /// Its replies, but for private ones.
    pub(crate) comments: i64,
    /// Who have shared it.
    pub(crate) shares: i64,
}

/// A picture and the like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Multimedia {
    /// What it is.
    #[serde(rename = "type")]
    pub(crate) kind: MediaKind,
    /// Its https URL.
    pub(crate) url: String,
    /// The same in words.
    pub(crate) description: String,
}

/// What kind of thing is to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A sound.
    Audio,
    /// Anything else.
    Link,
}

/// Who may see a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// Everybody but those whom its author has blocked.
    #[default]
    Public,
    /// Its author and the author's connections.
    Connections,
    /// Its author alone.
    Private,
}

impl Visibility {
    /// All there are.
    pub(crate) const ALL: [Self; 3] = [Self::Public, Self::Connections, Self::Private];

    /// Whether what has it counts among what the account has said, and among the replies to a post.
    pub(crate) fn counts(self) -> bool {
        self != Self::Private
    }
}

/// What somebody makes of a post, at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// They like it.
    Like,
    /// They show it to their connections.
    Share,
}
