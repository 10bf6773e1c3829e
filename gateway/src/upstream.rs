//! The ways to the services.

use std::sync::Arc;

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

use crate::streams::Streams;

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

/// What handlers work with.
#[derive(Clone)]
pub(crate) struct Gateway {
    pub(crate) auth: AuthServiceClient<Channel>,
    pub(crate) account: AccountServiceClient<Channel>,
    pub(crate) connections: ConnectionServiceClient<Channel>,
    pub(crate) experience: ExperienceServiceClient<Channel>,
    pub(crate) opportunities: OpportunityServiceClient<Channel>,
    pub(crate) posts: PostServiceClient<Channel>,
    pub(crate) notifications: NotificationServiceClient<Channel>,
    pub(crate) community: CommunityServiceClient<Channel>,
    pub(crate) communities: ManagementServiceClient<Channel>,
    pub(crate) links: Arc<Links>,
    /// The places for answers that go on.
    pub(crate) streams: Streams,
    /// Cancelled when no more requests are taken.
    pub(crate) closing: CancellationToken,
}

impl Gateway {
    pub(crate) fn new(upstreams: &Upstreams, links: Links, streams: Streams, closing: CancellationToken) -> Self {
        Self {
            auth: AuthServiceClient::new(upstreams.auth.clone()),
            account: AccountServiceClient::new(upstreams.account.clone()),
            connections: ConnectionServiceClient::new(upstreams.account.clone()),
            experience: ExperienceServiceClient::new(upstreams.experience.clone()),
            opportunities: OpportunityServiceClient::new(upstreams.experience.clone()),
            posts: PostServiceClient::new(upstreams.social.clone()),
            notifications: NotificationServiceClient::new(upstreams.social.clone()),
            community: CommunityServiceClient::new(upstreams.community.clone()).max_decoding_message_size(LARGEST_PAGE),
            communities: ManagementServiceClient::new(upstreams.community.clone())
                .max_decoding_message_size(LARGEST_PAGE),
            links: Arc::new(links),
            streams,
            closing,
        }
    }
}
