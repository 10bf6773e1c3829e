//! What other services are told of auth's accounts.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use connectus_platform::{
    identity::ServiceIdentity,
    outbox::{DeliveryError, delivered},
    peer::Channel,
};
use connectus_proto::{
    account::v1::{
        CreateAccountRequest, EraseAccountRequest as EraseFromAccount, SetEmailRequest,
        account_internal_service_client::AccountInternalServiceClient, create_account_request,
    },
    auth::v1::{OrganizationRegistration, UserRegistration},
    common::v1::Date,
    community::v1::{
        EraseAccountRequest as EraseFromCommunity, RefreshVolunteerRequest,
        community_internal_service_client::CommunityInternalServiceClient,
    },
    experience::v1::{
        EraseAccountRequest as EraseFromExperience, experience_internal_service_client::ExperienceInternalServiceClient,
    },
    social::v1::{EraseAccountRequest as EraseFromSocial, social_internal_service_client::SocialInternalServiceClient},
};
use prost_types::Timestamp;
use tonic::Request;
use uuid::Uuid;

use crate::domain::{message::Peer, registration::Owner};

/// The services that hold something about accounts.
pub(crate) struct Peers {
    identity: ServiceIdentity,
    account: AccountInternalServiceClient<Channel>,
    experience: ExperienceInternalServiceClient<Channel>,
    social: SocialInternalServiceClient<Channel>,
    community: CommunityInternalServiceClient<Channel>,
}

/// The ways to the services that, beside account, erase what belonged to accounts that are deleted.
pub struct Erasers {
    /// To experience.
    pub experience: Channel,
    /// To social.
    pub social: Channel,
    /// To community.
    pub community: Channel,
}

impl Peers {
    pub(crate) fn new(identity: ServiceIdentity, account: Channel, erasers: Erasers) -> Self {
        let account = AccountInternalServiceClient::new(account);
        let experience = ExperienceInternalServiceClient::new(erasers.experience);
        let social = SocialInternalServiceClient::new(erasers.social);
        let community = CommunityInternalServiceClient::new(erasers.community);
        Self { identity, account, experience, social, community }
    }

    /// Makes the account of somebody who registered.
    pub(super) async fn create_account(
        &self,
        account_id: Uuid,
        email: String,
        created_at: DateTime<Utc>,
        owner: Owner,
    ) -> Result<(), DeliveryError> {
        let create_time = Some(Timestamp { seconds: created_at.timestamp(), nanos: 0 });
        let (account_id, owner) = (account_id.to_string(), Some(owner.into()));
        let request = self.signed(CreateAccountRequest { account_id, email, create_time, owner });
        delivered("account", self.account.clone().create_account(request).await).map(drop)
    }

    /// Tells of an account's address.
    pub(super) async fn set_email(&self, account_id: Uuid, email: String, version: i32) -> Result<(), DeliveryError> {
        let request = self.signed(SetEmailRequest { account_id: account_id.to_string(), email, version });
        delivered("account", self.account.clone().set_email(request).await).map(drop)
    }

    /// Has a service erase what it holds about an account.
    pub(super) async fn erase_account(&self, account_id: Uuid, service: Peer) -> Result<(), DeliveryError> {
        let account_id = account_id.to_string();
        match service {
            Peer::Account => {
                let request = self.signed(EraseFromAccount { account_id });
                delivered("account", self.account.clone().erase_account(request).await).map(drop)
            }
            Peer::Experience => {
                let request = self.signed(EraseFromExperience { account_id });
                delivered("experience", self.experience.clone().erase_account(request).await).map(drop)
            }
            Peer::Social => {
                let request = self.signed(EraseFromSocial { account_id });
                delivered("social", self.social.clone().erase_account(request).await).map(drop)
            }
            Peer::Community => {
                let request = self.signed(EraseFromCommunity { account_id });
                delivered("community", self.community.clone().erase_account(request).await).map(drop)
            }
        }
    }

    /// Tells communities that what they may know of a person has changed.
    pub(super) async fn refresh_volunteer(&self, account_id: Uuid) -> Result<(), DeliveryError> {
        let request = RefreshVolunteerRequest { account_id: account_id.to_string(), organization_id: String::new() };
        delivered("community", self.community.clone().refresh_volunteer(self.signed(request)).await).map(drop)
    }

    fn signed<M>(&self, message: M) -> Request<M> {
        self.identity.sign(Request::new(message))
    }
}

impl From<Owner> for create_account_request::Owner {
    fn from(owner: Owner) -> Self {
        match owner {
            Owner::User { first_name, birthday } => {
                Self::User(UserRegistration { first_name, birthday: Some(to_date(birthday)) })
            }
            Owner::Organization { preferred_name, is_nonprofit } => {
                Self::Organization(OrganizationRegistration { preferred_name, is_nonprofit })
            }
        }
    }
}

/// A day as the contracts write it; months and days fit whatever holds them.
fn to_date(date: NaiveDate) -> Date {
    Date { year: date.year(), month: date.month().cast_signed(), day: date.day().cast_signed() }
}
