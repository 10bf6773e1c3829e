//! What accounts are notified of by whichever service it happens in: messages of its outbox, which the social service is told.

use chrono::{DateTime, Utc};
use connectus_proto::social::v1::{
    Notice as ProtoNotice, NotificationKind, NotifyRequest, social_internal_service_client::SocialInternalServiceClient,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    identity::ServiceIdentity,
    outbox::{self, DeliveryError},
    peer::Channel,
    time::to_timestamp,
};

/// How many notices one message takes.
pub const BATCH: usize = 100;
/// How much a notice says, in characters.
pub const MAX_CONTENT: usize = 300;

/// What one account is to be notified of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    event_id: Uuid,
    account_id: Uuid,
    /// The number of its kind in the contract.
    notification_kind: i32,
    actor_id: Option<Uuid>,
    subject_id: Option<Uuid>,
    content: String,
    created_at: DateTime<Utc>,
}

impl Notice {
    /// Something of a kind that happened just now, and that an account is to be notified of.
    #[must_use]
    pub fn new(account_id: Uuid, kind: NotificationKind) -> Self {
        Self {
            event_id: Uuid::now_v7(),
            account_id,
            notification_kind: kind.into(),
            actor_id: None,
            subject_id: None,
            content: String::new(),
            created_at: Utc::now(),
        }
    }

    /// Says which account did it.
    #[must_use]
    pub fn by(self, actor_id: Uuid) -> Self {
        Self { actor_id: Some(actor_id), ..self }
    }

    /// Says what it is about, and the start of its words.
    #[must_use]
    pub fn about(self, subject_id: Option<Uuid>, content: &str) -> Self {
        Self { subject_id, content: content.chars().take(MAX_CONTENT).collect(), ..self }
    }

    fn into_message(self) -> ProtoNotice {
        let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        ProtoNotice {
            event_id: self.event_id.to_string(),
            account_id: self.account_id.to_string(),
            kind: self.notification_kind,
            actor_id: id(self.actor_id),
            subject_id: id(self.subject_id),
            content: self.content,
            create_time: Some(to_timestamp(self.created_at)),
        }
    }
}

/// Tells the social service of notices.
#[derive(Clone)]
pub struct Notifier {
    identity: ServiceIdentity,
    social: SocialInternalServiceClient<Channel>,
}

impl Notifier {
    /// Tells it by a channel.
    #[must_use]
    pub fn new(identity: ServiceIdentity, social: Channel) -> Self {
        Self { identity, social: SocialInternalServiceClient::new(social) }
    }

    /// Delivers up to [`BATCH`] notices.
    pub async fn notify(&self, notices: Vec<Notice>) -> Result<(), DeliveryError> {
        let notices = notices.into_iter().map(Notice::into_message).collect();
        let request = self.identity.sign(tonic::Request::new(NotifyRequest { notices }));
        outbox::delivered("social", self.social.clone().notify(request).await).map(drop)
    }
}
