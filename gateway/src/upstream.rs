//! The ways to the services.

use std::sync::Arc;

use connectus_platform::{peer::Channel, service::Links};
use connectus_proto::{
    account::v1::account_service_client::AccountServiceClient, auth::v1::auth_service_client::AuthServiceClient,
    experience::v1::experience_service_client::ExperienceServiceClient,
};

/// The ways to the services.
#[derive(Clone)]
pub struct Upstreams {
    /// To auth.
    pub auth: Channel,
    /// To account.
    pub account: Channel,
    /// To experience.
    pub experience: Channel,
}

impl Upstreams {
    /// The services that everybody may call, by their gRPC names. Internal ones are not among them.
    pub(crate) fn public(&self) -> [(&'static str, Channel); 3] {
        [
            ("connectus.auth.v1.AuthService", self.auth.clone()),
            ("connectus.account.v1.AccountService", self.account.clone()),
            ("connectus.experience.v1.ExperienceService", self.experience.clone()),
        ]
    }
}

/// What handlers work with.
#[derive(Clone)]
pub(crate) struct Gateway {
    pub(crate) auth: AuthServiceClient<Channel>,
    pub(crate) account: AccountServiceClient<Channel>,
    pub(crate) experience: ExperienceServiceClient<Channel>,
    pub(crate) links: Arc<Links>,
}

impl Gateway {
    pub(crate) fn new(upstreams: &Upstreams, links: Links) -> Self {
        Self {
            auth: AuthServiceClient::new(upstreams.auth.clone()),
            account: AccountServiceClient::new(upstreams.account.clone()),
            experience: ExperienceServiceClient::new(upstreams.experience.clone()),
            links: Arc::new(links),
        }
    }
}
