//! The ways to the services.

use std::{ops::Deref, sync::Arc};

use connectus_platform::{peer::Channel, service::Links};
use connectus_proto::{
    account::v1::{account_service_client::AccountServiceClient, connection_service_client::ConnectionServiceClient},
    auth::v1::auth_service_client::AuthServiceClient,
    community::v1::{
        community_service_client::CommunityServiceClient, management_service_client::ManagementServiceClient,
    },
    experience::v1::{
        experience_service_client::ExperienceServiceClient, opportunity_service_client::OpportunityServiceClient,
    },
    social::v1::{notification_service_client::NotificationServiceClient, post_service_client::PostServiceClient},
};
use tokio_util::sync::CancellationToken;

use crate::{
    rest::accounts::{self, PublicAccounts},
    streams::Streams,
};

/// How large a page of a community's data may be, in bytes: 200 activities of the longest words.
const LARGEST_PAGE: usize = 128 * 1024 * 1024;

/// The ways to the services.
#[derive(Clone)]
pub struct Upstreams {
    /// To auth.
    pub auth: Channel,
    /// To account.
    pub account: Channel,
    /// To experience.
    pub experience: Channel,
    /// To social.
    pub social: Channel,
    /// To community.
    pub community: Channel,
}

impl Upstreams {
    /// The services that everybody may call, by their gRPC names. Internal ones are not among them.
    pub(crate) fn public(&self) -> [(&'static str, Channel); 9] {
        [
            ("connectus.auth.v1.AuthService", self.auth.clone()),
            ("connectus.account.v1.AccountService", self.account.clone()),
            ("connectus.account.v1.ConnectionService", self.account.clone()),
            ("connectus.experience.v1.ExperienceService", self.experience.clone()),
            ("connectus.experience.v1.OpportunityService", self.experience.clone()),
            ("connectus.social.v1.PostService", self.social.clone()),
            ("connectus.social.v1.NotificationService", self.social.clone()),
            ("connectus.community.v1.CommunityService", self.community.clone()),
            ("connectus.community.v1.ManagementService", self.community.clone()),
        ]
    }
}

/// What handlers work with. Clones share it.
#[derive(Clone)]
pub(crate) struct Gateway(Arc<Parts>);

/// What the gateway has.
pub(crate) struct Parts {
    upstreams: Upstreams,
    pub(crate) public_accounts: PublicAccounts,
    pub(crate) links: Links,
    /// The places for answers that go on.
    pub(crate) streams: Streams,
    /// Cancelled when no more requests are taken.
    pub(crate) closing: CancellationToken,
}

impl Deref for Gateway {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Gateway {
    pub(crate) fn new(upstreams: Upstreams, links: Links, streams: Streams, closing: CancellationToken) -> Self {
        let public_accounts = accounts::public_accounts(AccountServiceClient::new(upstreams.account.clone()));
        Self(Arc::new(Parts { upstreams, public_accounts, links, streams, closing }))
    }
}

/// Clients of the services.
impl Parts {
    pub(crate) fn auth(&self) -> AuthServiceClient<Channel> {
        AuthServiceClient::new(self.upstreams.auth.clone())
    }

    pub(crate) fn account(&self) -> AccountServiceClient<Channel> {
        AccountServiceClient::new(self.upstreams.account.clone())
    }

    pub(crate) fn connections(&self) -> ConnectionServiceClient<Channel> {
        ConnectionServiceClient::new(self.upstreams.account.clone())
    }

    pub(crate) fn experience(&self) -> ExperienceServiceClient<Channel> {
        ExperienceServiceClient::new(self.upstreams.experience.clone())
    }

    pub(crate) fn opportunities(&self) -> OpportunityServiceClient<Channel> {
        OpportunityServiceClient::new(self.upstreams.experience.clone())
    }

    pub(crate) fn posts(&self) -> PostServiceClient<Channel> {
        PostServiceClient::new(self.upstreams.social.clone())
    }

    pub(crate) fn notifications(&self) -> NotificationServiceClient<Channel> {
        NotificationServiceClient::new(self.upstreams.social.clone())
    }

    pub(crate) fn community(&self) -> CommunityServiceClient<Channel> {
        CommunityServiceClient::new(self.upstreams.community.clone()).max_decoding_message_size(LARGEST_PAGE)
    }

    pub(crate) fn communities(&self) -> ManagementServiceClient<Channel> {
        ManagementServiceClient::new(self.upstreams.community.clone()).max_decoding_message_size(LARGEST_PAGE)
    }
}
