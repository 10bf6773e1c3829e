//! What accounts are notified of.

use chrono::{DateTime, TimeDelta, Utc};
use connectus_platform::{
    fields::{self, FieldError},
    notices::MAX_CONTENT,
};
use connectus_proto::social::v1::{Notice, NotificationKind};
use uuid::Uuid;

use super::post::Post;

/// The longest id of what a notification is about.
const MAX_SUBJECT: usize = 100;

/// Something that happened, and that an account is to be notified of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct News {
    /// The event, by which a repeat is known.
    pub(crate) event_id: Uuid,
    /// Who is notified.
    pub(crate) account_id: Uuid,
    /// What happened.
    pub(crate) kind: NotificationKind,
    /// Who did it, if it was an account.
    pub(crate) actor_id: Option<Uuid>,
    /// What it is about, or empty.
    pub(crate) subject_id: String,
    /// What there is to say about it.
    pub(crate) content: String,
    /// When it happened.
    pub(crate) created_at: DateTime<Utc>,
}

/// News that are to be told, all at once.
#[derive(Clone, Debug)]
pub(crate) struct Announcement {
    /// What is new.
    pub(crate) news: Vec<News>,
    /// How long a digest waits for more to tell of.
    pub(crate) digest_interval: TimeDelta,
}

/// What an account was notified of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notification {
    /// Its id, a UUIDv7, greater than those of the account's earlier ones.
    pub(crate) id: Uuid,
    /// Who is notified.
    pub(crate) account_id: Uuid,
    /// What happened.
    pub(crate) kind: NotificationKind,
    /// Who did it, if it was an account.
    pub(crate) actor_id: Option<Uuid>,
    /// What it is about, or empty.
    pub(crate) subject_id: String,
    /// What there is to say about it.
    pub(crate) content: String,
    /// When it happened.
    pub(crate) created_at: DateTime<Utc>,
}

impl News {
    /// Checks what another service tells.
    pub(crate) fn new(notice: &Notice) -> Result<Self, FieldError> {
        let kind = notice.kind();
        if kind == NotificationKind::Unspecified {
            return Err(FieldError::new("notices.kind", "is required"));
        }
        let time = notice.create_time.and_then(|time| DateTime::from_timestamp(time.seconds, 0));
        let actor = Some(&notice.actor_id).filter(|actor| !actor.is_empty());
        Ok(Self {
            event_id: fields::id("notices.event_id", &notice.event_id)?,
            account_id: fields::id("notices.account_id", &notice.account_id)?,
            kind,
            actor_id: actor.map(|actor| fields::id("notices.actor_id", actor)).transpose()?,
            subject_id: fields::text("notices.subject_id", &notice.subject_id, 0..=MAX_SUBJECT)?,
            content: fields::text("notices.content", &notice.content, 0..=MAX_CONTENT)?,
            created_at: time.ok_or_else(|| FieldError::new("notices.create_time", "is not a time"))?,
        })
    }

    /// What a post's author is told of what somebody makes of it: nothing of their own doing.
    pub(crate) fn of_mark(kind: NotificationKind, by: Uuid, post: &Post) -> Vec<Self> {
        if by == post.author { Vec::new() } else { vec![Self::about(kind, by, post.author, post)] }
    }

    /// What a post's author is told of a reply to it.
    pub(crate) fn of_reply(reply: &Post, to: Uuid) -> Self {
        Self::about(NotificationKind::PostReplied, reply.author, to, reply)
    }

    fn about(kind: NotificationKind, actor: Uuid, account_id: Uuid, post: &Post) -> Self {
        Self {
            event_id: Uuid::now_v7(),
            account_id,
            kind,
            actor_id: Some(actor),
            subject_id: post.id.to_string(),
            content: post.content.text.chars().take(MAX_CONTENT).collect(),
            created_at: Utc::now(),
        }
    }
}

/// Whether something waits for an answer, and is mailed at once; all else waits for a digest.
pub(crate) fn is_urgent(kind: NotificationKind) -> bool {
    matches!(kind, NotificationKind::ConnectionRequested | NotificationKind::ValidationRequested)
}
