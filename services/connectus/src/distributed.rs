//! One role of the suite in a process of its own, which finds the others by URL.

use axum::Router;
use clap::Args;
use connectus_auth::Erasers;
use connectus_gateway::{Parts, Upstreams};
use connectus_platform::{
    access::AccessFeed,
    migrate::Schema,
    peer::{self, Channel},
    service::{self, Outgoing, Resources, Service},
    telemetry,
};

use crate::{
    database::DatabaseSettings,
    error::StartError,
    process::Process,
    settings::{
        DrainSettings, GatewayListen, GrpcListen, LinkSettings, MailSettings, TelemetrySettings, TrustSettings, missing,
    },
};

/// Where auth is.
#[derive(Args)]
struct AuthUrl {
    /// The auth service's gRPC URL, or several with an address each, separated by commas.
    #[arg(long, env = "CONNECTUS_AUTH_URL", value_name = "URL")]
    auth_url: String,
}

/// Where account is.
#[derive(Args)]
struct AccountUrl {
    /// The account service's gRPC URL, or several with an address each, separated by commas.
    #[arg(long, env = "CONNECTUS_ACCOUNT_URL", value_name = "URL")]
    account_url: String,
}

/// Where experience is.
#[derive(Args)]
struct ExperienceUrl {
    /// The experience service's gRPC URL, or several with an address each, separated by commas.
    #[arg(long, env = "CONNECTUS_EXPERIENCE_URL", value_name = "URL")]
    experience_url: String,
}

/// Where social is.
#[derive(Args)]
struct SocialUrl {
    /// The social service's gRPC URL, or several with an address each, separated by commas.
    #[arg(long, env = "CONNECTUS_SOCIAL_URL", value_name = "URL")]
    social_url: String,
}

/// Where community is.
#[derive(Args)]
struct CommunityUrl {
    /// The community service's gRPC URL, or several with an address each, separated by commas.
    #[arg(long, env = "CONNECTUS_COMMUNITY_URL", value_name = "URL")]
    community_url: String,
}

impl AuthUrl {
    fn channel(&self) -> Result<Channel, StartError> {
        remote("CONNECTUS_AUTH_URL", &self.auth_url)
    }
}

impl AccountUrl {
    fn channel(&self) -> Result<Channel, StartError> {
        remote("CONNECTUS_ACCOUNT_URL", &self.account_url)
    }
}

impl ExperienceUrl {
    fn channel(&self) -> Result<Channel, StartError> {
        remote("CONNECTUS_EXPERIENCE_URL", &self.experience_url)
    }
}

impl SocialUrl {
    fn channel(&self) -> Result<Channel, StartError> {
        remote("CONNECTUS_SOCIAL_URL", &self.social_url)
    }
}

impl CommunityUrl {
    fn channel(&self) -> Result<Channel, StartError> {
        remote("CONNECTUS_COMMUNITY_URL", &self.community_url)
    }
}

fn required(setting: &'static str, url: Option<String>) -> Result<Channel, StartError> {
    remote(setting, &url.ok_or_else(|| missing(setting))?)
}

fn remote(setting: &'static str, url: &str) -> Result<Channel, StartError> {
    peer::remote(url).map_err(|error| StartError::PeerUrl(setting, error))
}

/// The same way for a service, on which what reads is called once more where a connection breaks: whoever asks the service would see
/// it fail, and not that it broke. The gateway does so for itself.
fn reading_again(channel: Channel) -> Channel {
    peer::again(channel, |path| {
        let (_, rpc) = path.rsplit_once('/').unwrap_or_default();
        ["Get", "BatchGet", "List", "Find"].iter().any(|reads| rpc.starts_with(reads))
    })
}

/// What every service's process is told.
#[derive(Args)]
struct ServiceSettings {
    #[command(flatten)]
    grpc_listen: GrpcListen,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    trust: TrustSettings,
    #[command(flatten)]
    drain: DrainSettings,
    #[command(flatten)]
    telemetry: TelemetrySettings,
}

/// What a service that sends mails and calls others is told.
#[derive(Args)]
struct OutgoingSettings {
    #[command(flatten)]
    account: AccountUrl,
    #[command(flatten)]
    links: LinkSettings,
    #[command(flatten)]
    mail: MailSettings,
}

impl OutgoingSettings {
    fn outgoing(&self) -> Result<Outgoing, StartError> {
        let (mailer, links) = (self.mail.required()?, self.links.links(None)?);
        Ok(Outgoing { mailer, links, account: reading_again(self.account.channel()?) })
    }
}

/// The settings of the role `gateway`.
#[derive(Args)]
pub(crate) struct GatewaySettings {
    #[command(flatten)]
    listen: GatewayListen,
    #[command(flatten)]
    auth: AuthUrl,
    #[command(flatten)]
    account: AccountUrl,
    #[command(flatten)]
    experience: ExperienceUrl,
    #[command(flatten)]
    social: SocialUrl,
    #[command(flatten)]
    community: CommunityUrl,
    #[command(flatten)]
    links: LinkSettings,
    #[command(flatten)]
    gateway: connectus_gateway::Config,
    #[command(flatten)]
    drain: DrainSettings,
    #[command(flatten)]
    telemetry: TelemetrySettings,
}

/// The settings of the role `auth`.
#[derive(Args)]
pub(crate) struct AuthSettings {
    #[command(flatten)]
    service: ServiceSettings,
    #[command(flatten)]
    outgoing: OutgoingSettings,
    #[command(flatten)]
    experience: ExperienceUrl,
    #[command(flatten)]
    social: SocialUrl,
    #[command(flatten)]
    community: CommunityUrl,
    #[command(flatten)]
    auth: connectus_auth::Config,
}

/// The settings of the role `account`.
#[derive(Args)]
pub(crate) struct AccountSettings {
    #[command(flatten)]
    service: ServiceSettings,
    #[command(flatten)]
    auth: AuthUrl,
    #[command(flatten)]
    social: SocialUrl,
    #[command(flatten)]
    community: CommunityUrl,
}

/// The settings of the role `experience`.
#[derive(Args)]
pub(crate) struct ExperienceSettings {
    #[command(flatten)]
    service: ServiceSettings,
    #[command(flatten)]
    auth: AuthUrl,
    #[command(flatten)]
    social: SocialUrl,
    #[command(flatten)]
    community: CommunityUrl,
    #[command(flatten)]
    outgoing: OutgoingSettings,
}

/// The settings of the role `social`.
#[derive(Args)]
pub(crate) struct SocialSettings {
    #[command(flatten)]
    service: ServiceSettings,
    #[command(flatten)]
    auth: AuthUrl,
    #[command(flatten)]
    experience: ExperienceUrl,
    #[command(flatten)]
    outgoing: OutgoingSettings,
    #[command(flatten)]
    social: connectus_social::Config,
}

/// The settings of the role `community`.
#[derive(Args)]
pub(crate) struct CommunitySettings {
    #[command(flatten)]
    service: ServiceSettings,
    /// The auth service's gRPC URL, or several with an address each, separated by commas.
    // The commands of this role go without it, and without the others.
    #[arg(long, env = "CONNECTUS_AUTH_URL", value_name = "URL")]
    auth_url: Option<String>,
    /// The account service's gRPC URL, or several with an address each, separated by commas.
    #[arg(long, env = "CONNECTUS_ACCOUNT_URL", value_name = "URL")]
    account_url: Option<String>,
    /// The experience service's gRPC URL, or several with an address each, separated by commas.
    #[arg(long, env = "CONNECTUS_EXPERIENCE_URL", value_name = "URL")]
    experience_url: Option<String>,
    #[command(flatten)]
    community: connectus_community::Config,
}

/// Runs the gateway until a signal ends it.
pub(crate) async fn gateway(settings: GatewaySettings) -> Result<(), StartError> {
    let metrics = settings.telemetry.init("gateway")?;
    let (listener, address) = settings.listen.bind().await?;
    let upstreams = Upstreams {
        auth: settings.auth.channel()?,
        account: settings.account.channel()?,
        experience: settings.experience.channel()?,
        social: settings.social.channel()?,
        community: settings.community.channel()?,
    };
    let links = settings.links.links(Some(address))?;
    let process = Process::new(&settings.drain)?;
    let (leaving, closing) = (process.leaving.clone(), process.servers_end.clone());
    let parts = Parts { config: settings.gateway, upstreams, links, mailbox: None, metrics, leaving, closing };
    process.serve(listener, connectus_gateway::build(parts));
    println!("connectus gateway listens on {address}");
    process.until_signal().await;
    Ok(())
}

/// Runs the auth service until a signal ends it.
pub(crate) async fn auth(settings: AuthSettings) -> Result<(), StartError> {
    let outgoing = settings.outgoing.outgoing()?;
    let erasers = Erasers {
        experience: settings.experience.channel()?,
        social: settings.social.channel()?,
        community: settings.community.channel()?,
    };
    // It follows its own revocations as the others do, without leaving the process.
    let (own, local) = peer::local();
    let build = |resources: &Resources| connectus_auth::build(&settings.auth, resources, &outgoing, erasers);
    serve(settings.service, connectus_auth::schema, own, build, |router| local.serve(router)).await
}

/// Runs the account service until a signal ends it.
pub(crate) async fn account(settings: AccountSettings) -> Result<(), StartError> {
    let (auth, social, community) =
        (settings.auth.channel()?, settings.social.channel()?, settings.community.channel()?);
    let build = |resources: &Resources| connectus_account::build(resources, social, community);
    serve(settings.service, connectus_account::schema, auth, build, drop).await
}

/// Runs the experience service until a signal ends it.
pub(crate) async fn experience(settings: ExperienceSettings) -> Result<(), StartError> {
    let (auth, social, community) =
        (settings.auth.channel()?, settings.social.channel()?, settings.community.channel()?);
    let outgoing = settings.outgoing.outgoing()?;
    let build = |resources: &Resources| connectus_experience::build(resources, &outgoing, social, community);
    serve(settings.service, connectus_experience::schema, auth, build, drop).await
}

/// Runs the social service until a signal ends it.
pub(crate) async fn social(settings: SocialSettings) -> Result<(), StartError> {
    let (auth, experience) = (settings.auth.channel()?, settings.experience.channel()?);
    let outgoing = settings.outgoing.outgoing()?;
    let asked = auth.clone();
    let build =
        |resources: &Resources| connectus_social::build(&settings.social, resources, &outgoing, asked, experience);
    serve(settings.service, connectus_social::schema, auth, build, drop).await
}

/// Runs the community service until a signal ends it.
pub(crate) async fn community(settings: CommunitySettings) -> Result<(), StartError> {
    let auth = required("CONNECTUS_AUTH_URL", settings.auth_url)?;
    let peers = connectus_community::Peers {
        auth: auth.clone(),
        account: reading_again(required("CONNECTUS_ACCOUNT_URL", settings.account_url)?),
        experience: reading_again(required("CONNECTUS_EXPERIENCE_URL", settings.experience_url)?),
    };
    let build = |resources: &Resources| connectus_community::build(&settings.community, resources, peers);
    serve(settings.service, connectus_community::schema, auth, build, drop).await
}

/// Serves one service until a signal ends it; `started` gets what is served.
async fn serve(
    settings: ServiceSettings,
    schema: fn() -> Schema,
    auth: Channel,
    build: impl FnOnce(&Resources) -> Service,
    started: impl FnOnce(Router),
) -> Result<(), StartError> {
    let name = schema().service;
    let metrics = settings.telemetry.init(name)?;
    let identity = settings.trust.required_identity()?;
    let pool = settings.database.pool(name)?;
    let mut process = Process::new(&settings.drain)?;
    if process.unless_ended(settings.database.until_current(schema)).await?.is_none() {
        return Ok(());
    }
    let (listener, address) = settings.grpc_listen.bind().await?;
    let access = AccessFeed::new(auth, identity.clone(), settings.trust.access_max_age());
    let gateways = settings.trust.gateways();
    let (leaving, closing) = (process.leaving.clone(), process.servers_end.clone());
    let resources = Resources { pool, access: access.clone(), identity, gateways, leaving, closing };
    let service = build(&resources);
    let router = service::start(vec![(service, resources)], &process.workers_end, &process.workers);
    started(router.clone());
    process.workers.spawn(access.run(process.workers_end.clone()));
    process.serve(listener, router.merge(telemetry::router(metrics)));
    println!("connectus {name} listens on {address}");
    process.until_signal().await;
    Ok(())
}
