//! Whether requests that an account was notified of still wait for its answer, as the services know that they are made of.

use connectus_platform::{
    identity::ServiceIdentity,
    outbox::{DeliveryError, delivered},
    peer::Channel,
};
use connectus_proto::{
    account::v1::{HasConnectionRequestRequest, account_internal_service_client::AccountInternalServiceClient},
    experience::v1::{
        HasValidationRequestRequest, experience_internal_service_client::ExperienceInternalServiceClient,
    },
    social::v1::NotificationKind,
};
use tonic::Request;
use uuid::Uuid;

use crate::domain::notification::Notification;

/// The services that people ask each other for something through.
pub(crate) struct Requests {
    identity: ServiceIdentity,
    account: AccountInternalServiceClient<Channel>,
    experience: ExperienceInternalServiceClient<Channel>,
}

impl Requests {
    pub(crate) fn new(identity: ServiceIdentity, account: Channel, experience: Channel) -> Self {
        let account = AccountInternalServiceClient::new(account);
        Self { identity, account, experience: ExperienceInternalServiceClient::new(experience) }
    }

    /// Whether what a notification tells of was neither taken back nor answered since.
    pub(crate) async fn is_waiting(&self, told: &Notification) -> Result<bool, DeliveryError> {
        match (told.kind, told.actor_id) {
            (NotificationKind::ConnectionRequested, Some(from)) => self.has_connection(from, told.account_id).await,
            (NotificationKind::ValidationRequested, _) => self.has_validation(told.account_id, &told.subject_id).await,
            _ => Ok(true),
        }
    }

    async fn has_connection(&self, from: Uuid, to: Uuid) -> Result<bool, DeliveryError> {
        let request = HasConnectionRequestRequest { account_id: to.to_string(), from_account_id: from.to_string() };
        let answer = self.account.clone().has_connection_request(self.signed(request)).await;
        Ok(delivered("account", answer)?.is_waiting)
    }

    async fn has_validation(&self, organization: Uuid, experience_id: &str) -> Result<bool, DeliveryError> {
        let (organization_id, experience_id) = (organization.to_string(), experience_id.to_owned());
        let request = HasValidationRequestRequest { organization_id, experience_id };
        let answer = self.experience.clone().has_validation_request(self.signed(request)).await;
        Ok(delivered("experience", answer)?.is_waiting)
    }

    fn signed<M>(&self, message: M) -> Request<M> {
        self.identity.sign(Request::new(message))
    }
}
