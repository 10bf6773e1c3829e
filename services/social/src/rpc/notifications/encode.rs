//! Notifications as the contract writes them.

use connectus_proto::social::v1 as proto;
use prost_types::Timestamp;

use crate::domain::notification::Notification;

impl From<Notification> for proto::Notification {
    fn from(notification: Notification) -> Self {
        let create_time = Timestamp { seconds: notification.created_at.timestamp(), nanos: 0 };
        Self {
            id: notification.id.to_string(),
            kind: notification.kind.into(),
            actor_id: notification.actor_id.map(|actor| actor.to_string()).unwrap_or_default(),
            subject_id: notification.subject_id,
            content: notification.content,
            create_time: Some(create_time),
        }
    }
}
