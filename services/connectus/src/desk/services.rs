//! The services that operators' commands call, with the identity of the suite.

use std::path::PathBuf;

use clap::Args;
use connectus_platform::{
    identity::ServiceIdentity,
    peer::{self, Channel},
};
use connectus_proto::{
    account::v1::{
        account_admin_service_client::AccountAdminServiceClient, account_service_client::AccountServiceClient,
    },
    auth::v1::{
        auth_admin_service_client::AuthAdminServiceClient, auth_internal_service_client::AuthInternalServiceClient,
    },
    community::v1::community_admin_service_client::CommunityAdminServiceClient,
    experience::v1::experience_admin_service_client::ExperienceAdminServiceClient,
    social::v1::social_admin_service_client::SocialAdminServiceClient,
};
use tonic::{Request, Response, Status};

use super::error::{CallError, CommandError};
use crate::{secret, settings::identity};

/// Where the role `all` listens.
const DEFAULT_URL: &str = "http://127.0.0.1:50051";

/// Where the services are, and what they know each other by.
#[derive(Args)]
pub(crate) struct ServicesSettings {
    /// The auth service's gRPC URL, or several with an address each, separated by commas.
    #[arg(long, global = true, env = "CONNECTUS_AUTH_URL", default_value = DEFAULT_URL, value_name = "URL")]
    auth_url: String,
    /// The account service's gRPC URL, or several with an address each, separated by commas.
    #[arg(long, global = true, env = "CONNECTUS_ACCOUNT_URL", default_value = DEFAULT_URL, value_name = "URL")]
    account_url: String,
    /// The experience service's gRPC URL, or several with an address each, separated by commas.
    #[arg(long, global = true, env = "CONNECTUS_EXPERIENCE_URL", default_value = DEFAULT_URL, value_name = "URL")]
    experience_url: String,
    /// The social service's gRPC URL, or several with an address each, separated by commas.
    #[arg(long, global = true, env = "CONNECTUS_SOCIAL_URL", default_value = DEFAULT_URL, value_name = "URL")]
    social_url: String,
    /// The community service's gRPC URL, or several with an address each, separated by commas.
    #[arg(long, global = true, env = "CONNECTUS_COMMUNITY_URL", default_value = DEFAULT_URL, value_name = "URL")]
    community_url: String,
    /// The secret that all services share; without it, the one that role `all` keeps in its data folder.
    #[arg(long, global = true, env = "CONNECTUS_SERVICE_SECRET", value_name = "SECRET", hide_env_values = true)]
    service_secret: Option<String>,
    /// The data folder of role `all`.
    #[arg(long, global = true, env = "CONNECTUS_DATA_DIR", default_value = ".connectus", value_name = "FOLDER")]
    data_dir: PathBuf,
}

impl ServicesSettings {
    /// Ways to the services, which connect when first used.
    pub(crate) fn connect(&self) -> Result<Services, CommandError> {
        Ok(Services {
            auth: Peer::new("auth", "CONNECTUS_AUTH_URL", &self.auth_url)?,
            account: Peer::new("account", "CONNECTUS_ACCOUNT_URL", &self.account_url)?,
            experience: Peer::new("experience", "CONNECTUS_EXPERIENCE_URL", &self.experience_url)?,
            social: Peer::new("social", "CONNECTUS_SOCIAL_URL", &self.social_url)?,
            community: Peer::new("community", "CONNECTUS_COMMUNITY_URL", &self.community_url)?,
            identity: self.identity()?,
        })
    }

    fn identity(&self) -> Result<ServiceIdentity, CommandError> {
        if let Some(secret) = &self.service_secret {
            return Ok(identity(secret)?);
        }
        let kept = secret::load(&self.data_dir)?;
        kept.ok_or_else(|| CommandError::NoSecret(secret::path(&self.data_dir)))
    }
}

/// The services, and what they know us by.
pub(crate) struct Services {
    pub(crate) auth: Peer,
    pub(crate) account: Peer,
    pub(crate) experience: Peer,
    pub(crate) social: Peer,
    pub(crate) community: Peer,
    identity: ServiceIdentity,
}

impl Services {
    /// A request with the proof that it comes from the suite.
    pub(crate) fn sign<M>(&self, message: M) -> Request<M> {
        self.identity.sign(Request::new(message))
    }

    pub(crate) fn auth_admin(&self) -> AuthAdminServiceClient<Channel> {
        AuthAdminServiceClient::new(self.auth.channel.clone())
    }

    pub(crate) fn auth_internal(&self) -> AuthInternalServiceClient<Channel> {
        AuthInternalServiceClient::new(self.auth.channel.clone())
    }

    pub(crate) fn accounts(&self) -> AccountServiceClient<Channel> {
        AccountServiceClient::new(self.account.channel.clone())
    }

    pub(crate) fn account_admin(&self) -> AccountAdminServiceClient<Channel> {
        AccountAdminServiceClient::new(self.account.channel.clone())
    }

    pub(crate) fn experience_admin(&self) -> ExperienceAdminServiceClient<Channel> {
        ExperienceAdminServiceClient::new(self.experience.channel.clone())
    }

    pub(crate) fn community_admin(&self) -> CommunityAdminServiceClient<Channel> {
        CommunityAdminServiceClient::new(self.community.channel.clone())
    }

    pub(crate) fn social_admin(&self) -> SocialAdminServiceClient<Channel> {
        SocialAdminServiceClient::new(self.social.channel.clone())
    }
}

/// A service, and where it is.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) setting: &'static str,
    pub(crate) url: String,
    channel: Channel,
}

impl Peer {
    fn new(name: &'static str, setting: &'static str, url: &str) -> Result<Self, CommandError> {
        let channel = peer::remote(url).map_err(|error| CommandError::PeerUrl(setting, error))?;
        Ok(Self { name, setting, url: url.to_owned(), channel })
    }

    /// What it answered.
    pub(crate) fn answer<T>(&self, answer: Result<Response<T>, Status>) -> Result<T, CallError> {
        answer.map(Response::into_inner).map_err(|status| CallError::new(self, status))
    }
}
