//! What the community service asks the others: what a person shares with an organization, and what that has confirmed.

use chrono::DateTime;
use connectus_platform::{
    identity::ServiceIdentity,
    ids,
    outbox::{DeliveryError, delivered},
    peer::Channel,
};
use connectus_proto::{
    account::v1::{GetSharedIdentityRequest, account_internal_service_client::AccountInternalServiceClient},
    auth::v1::{GetVerifiedEmailRequest, auth_internal_service_client::AuthInternalServiceClient},
    experience::v1::{
        ConfirmedExperience, ListConfirmedAccountsRequest, ListConfirmedExperiencesRequest,
        experience_internal_service_client::ExperienceInternalServiceClient,
    },
};
use tonic::Request;
use uuid::Uuid;

use crate::domain::{
    activity::Work,
    volunteer::{Confirmed, Shared},
};

/// How many there are in a list that may go on.
pub(crate) const PAGE: usize = 500;

/// The ways to the services that know what people share.
pub struct Peers {
    /// To auth.
    pub auth: Channel,
    /// To account.
    pub account: Channel,
    /// To experience.
    pub experience: Channel,
}

/// What asks them.
#[derive(Clone)]
pub(crate) struct People {
    identity: ServiceIdentity,
    auth: AuthInternalServiceClient<Channel>,
    account: AccountInternalServiceClient<Channel>,
    experience: ExperienceInternalServiceClient<Channel>,
}

impl People {
    pub(crate) fn new(identity: ServiceIdentity, peers: Peers) -> Self {
        Self {
            identity,
            auth: AuthInternalServiceClient::new(peers.auth),
            account: AccountInternalServiceClient::new(peers.account),
            experience: ExperienceInternalServiceClient::new(peers.experience),
        }
    }

    /// What a person shares with an organization, if it is anything.
    pub(crate) async fn shared(
        &self,
        account_id: Uuid,
        organization_id: Uuid,
    ) -> Result<Option<Shared>, DeliveryError> {
        let experiences = self.experiences(account_id, organization_id).await?;
        if experiences.is_empty() {
            return Ok(None);
        }
        let email = self.verified_email(account_id).await?;
        // Last, so that nothing is shared that the person had withheld when it was read.
        let full_name = self.full_name(account_id, organization_id).await?;
        Ok(full_name.map(|full_name| Shared { full_name, email, experiences }))
    }

    async fn full_name(&self, account_id: Uuid, organization_id: Uuid) -> Result<Option<String>, DeliveryError> {
        let (account_id, organization_id) = (account_id.to_string(), organization_id.to_string());
        let request = self.signed(GetSharedIdentityRequest { account_id, organization_id });
        let identity = delivered("account", self.account.clone().get_shared_identity(request).await)?;
        Ok(identity.is_shared.then_some(identity.full_name))
    }

    async fn verified_email(&self, account_id: Uuid) -> Result<Option<String>, DeliveryError> {
        let request = self.signed(GetVerifiedEmailRequest { account_id: account_id.to_string() });
        Ok(delivered("auth", self.auth.clone().get_verified_email(request).await)?.email)
    }

    async fn experiences(&self, account_id: Uuid, organization_id: Uuid) -> Result<Vec<Confirmed>, DeliveryError> {
        let mut all: Vec<Confirmed> = Vec::new();
        loop {
            let request = self.signed(ListConfirmedExperiencesRequest {
                organization_id: organization_id.to_string(),
                account_id: account_id.to_string(),
                after_experience_id: all.last().map(|last| last.id.clone()).unwrap_or_default(),
            });
            let answer = self.experience.clone().list_confirmed_experiences(request).await;
            let page = delivered("experience", answer)?.experiences;
            let is_last = page.len() < PAGE;
            all.extend(page.into_iter().map(Confirmed::from));
            if is_last {
                return Ok(all);
            }
        }
    }

    /// The next people of whom an organization has confirmed something.
    pub(crate) async fn confirmed_accounts(
        &self,
        organization_id: Uuid,
        after: Uuid,
    ) -> Result<Vec<Uuid>, DeliveryError> {
        let (organization_id, after_account_id) = (organization_id.to_string(), after.to_string());
        let request = self.signed(ListConfirmedAccountsRequest { organization_id, after_account_id });
        let answer = delivered("experience", self.experience.clone().list_confirmed_accounts(request).await)?;
        Ok(answer.account_ids.iter().filter_map(|id| ids::parse(id)).collect())
    }

    fn signed<M>(&self, message: M) -> Request<M> {
        self.identity.sign(Request::new(message))
    }
}

impl From<ConfirmedExperience> for Confirmed {
    fn from(experience: ConfirmedExperience) -> Self {
        let ConfirmedExperience { id, name, begin, end, hours, confirm_time } = experience;
        let time = confirm_time.unwrap_or_default();
        let confirmed_at = DateTime::from_timestamp(time.seconds, time.nanos.cast_unsigned()).unwrap_or_default();
        Self { id, name, work: Work { hours, begin, end }, confirmed_at }
    }
}
