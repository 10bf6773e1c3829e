//! What the social service asks auth: where the owners of accounts read their mails.

use connectus_platform::{
    identity::ServiceIdentity,
    outbox::{DeliveryError, delivered},
    peer::Channel,
};
use connectus_proto::auth::v1::{GetVerifiedEmailRequest, auth_internal_service_client::AuthInternalServiceClient};
use tonic::Request;
use uuid::Uuid;

/// The auth service.
pub(crate) struct Addresses {
    identity: ServiceIdentity,
    client: AuthInternalServiceClient<Channel>,
}

impl Addresses {
    pub(crate) fn new(identity: ServiceIdentity, channel: Channel) -> Self {
        Self { identity, client: AuthInternalServiceClient::new(channel) }
    }

    /// The address of an account, if it is verified: anybody may have registered with it.
    pub(crate) async fn verified(&self, account_id: Uuid) -> Result<Option<String>, DeliveryError> {
        let request = GetVerifiedEmailRequest { account_id: account_id.to_string() };
        let request = self.identity.sign(Request::new(request));
        Ok(delivered("auth", self.client.clone().get_verified_email(request).await)?.email)
    }
}
