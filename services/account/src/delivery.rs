//! What the account service does after a commit: it tells of connections.

use connectus_platform::{
    notices::{Notice, Notifier},
    outbox::{DeliveryError, Handler},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Message {
    /// Notify accounts.
    Notify {
        /// Of what.
        notices: Vec<Notice>,
    },
}

/// Delivers the service's messages.
pub(crate) struct Delivery {
    notifier: Notifier,
}

impl Delivery {
    pub(crate) fn new(notifier: Notifier) -> Self {
        Self { notifier }
    }
}

impl Handler for Delivery {
    type Message = Message;

    async fn deliver(&self, _id: Uuid, message: Message) -> Result<(), DeliveryError> {
        let Message::Notify { notices } = message;
        self.notifier.notify(notices).await
    }
}
