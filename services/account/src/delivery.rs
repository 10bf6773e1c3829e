//! What the account service does after a commit: it tells of connections, and communities of people.

use connectus_platform::{
    identity::ServiceIdentity,
    notices::{Notice, Notifier},
    outbox::{DeliveryError, Handler, delivered},
    peer::Channel,
};
use connectus_proto::community::v1::{
    RefreshVolunteerRequest, community_internal_service_client::CommunityInternalServiceClient,
};
use serde::{Deserialize, Serialize};
use tonic::Request;
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
    /// Tell the community service that what communities may know of a person may have changed.
    RefreshVolunteer {
        /// The person.
        account_id: Uuid,
    },
}

/// Delivers the service's messages.
pub(crate) struct Delivery {
    notifier: Notifier,
    identity: ServiceIdentity,
    communities: CommunityInternalServiceClient<Channel>,
}

impl Delivery {
    pub(crate) fn new(identity: ServiceIdentity, social: Channel, community: Channel) -> Self {
        let notifier = Notifier::new(identity.clone(), social);
        Self { notifier, identity, communities: CommunityInternalServiceClient::new(community) }
    }

    async fn refresh_volunteer(&self, account_id: Uuid) -> Result<(), DeliveryError> {
        let request = RefreshVolunteerRequest { account_id: account_id.to_string(), organization_id: String::new() };
        let request = self.identity.sign(Request::new(request));
        delivered("community", self.communities.clone().refresh_volunteer(request).await).map(drop)
    }
}

impl Handler for Delivery {
    type Message = Message;

    async fn deliver(&self, _id: Uuid, message: Message) -> Result<(), DeliveryError> {
        match message {
            Message::Notify { notices } => self.notifier.notify(notices).await,
            Message::RefreshVolunteer { account_id } => self.refresh_volunteer(account_id).await,
        }
    }
}
