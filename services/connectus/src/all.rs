//! The role `all`: the whole suite in one process, which needs nothing but a PostgreSQL installation.

mod banner;

use std::path::Path;

use clap::Args;
use connectus_platform::{
    identity::ServiceIdentity,
    mail::{DevelopmentMailbox, Mailer},
};
use connectus_postgres::Postgres;

use crate::{
    database::DatabaseSettings,
    error::StartError,
    postgres::{self, DataDir},
    process::Process,
    secret,
    settings::{
        DrainSettings, GatewayListen, GrpcListen, LinkSettings, MailSettings, TelemetrySettings, TrustSettings, missing,
    },
    suite::{self, Parts, Pools, Suite},
};

/// The settings of the role `all`.
#[derive(Args)]
pub(crate) struct Settings {
    #[command(flatten)]
    gateway_listen: GatewayListen,
    #[command(flatten)]
    grpc_listen: GrpcListen,
    #[command(flatten)]
    data: DataDir,
    #[command(flatten)]
    links: LinkSettings,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    mail: MailSettings,
    #[command(flatten)]
    trust: TrustSettings,
    #[command(flatten)]
    auth: connectus_auth::Config,
    #[command(flatten)]
    social: connectus_social::Config,
    #[command(flatten)]
    community: connectus_community::Config,
    #[command(flatten)]
    gateway: connectus_gateway::Config,
    #[command(flatten)]
    drain: DrainSettings,
    #[command(flatten)]
    telemetry: TelemetrySettings,
}

/// Runs the suite until a signal ends it.
pub(crate) async fn run(mut settings: Settings) -> Result<(), StartError> {
    let metrics = settings.telemetry.init("all")?;
    let mut process = Process::new(&settings.drain)?;
    let (gateway_listener, gateway) = settings.gateway_listen.bind().await?;
    let (grpc_listener, grpc) = settings.grpc_listen.bind().await?;
    let links = settings.links.links(Some(gateway))?;
    let Some(postgres) = process.unless_ended(settings.own_postgres()).await? else { return Ok(()) };
    let Some(()) = process.unless_ended(settings.database.migrate()).await? else { return stop(postgres).await };

    let data_dir = postgres.as_ref().map_or(settings.data.data_dir.as_path(), Postgres::data_dir);
    let (mailer, mailbox) = mailer(&settings.mail, data_dir)?;
    let facts = banner::Facts { gateway, grpc, has_mailbox: mailbox.is_some(), database: postgres.as_ref() };
    let banner = banner::text(&facts, &links, &settings.data.data_dir);
    let parts = Parts {
        pools: settings.pools()?,
        identity: settings.identity()?,
        gateways: settings.trust.gateways(),
        access_max_age: settings.trust.access_max_age(),
        auth: settings.auth,
        social: settings.social,
        community: settings.community,
        gateway: settings.gateway.trusting_loopback(),
        mailer,
        mailbox,
        links,
        metrics,
    };
    let Process { leaving, servers_end, workers_end, workers, .. } = &process;
    let Suite { gateway, services } = suite::start(parts, leaving, servers_end, workers_end, workers);
    process.serve(grpc_listener, services);
    process.serve(gateway_listener, gateway);
    println!("{banner}");
    process.until_signal().await;
    stop(postgres).await
}

async fn stop(postgres: Option<Postgres>) -> Result<(), StartError> {
    if let Some(postgres) = postgres {
        postgres.stop().await;
    }
    Ok(())
}

impl Settings {
    /// Starts a private PostgreSQL, and uses it, when some service has no database.
    async fn own_postgres(&mut self) -> Result<Option<Postgres>, StartError> {
        if !self.database.is_incomplete() {
            return Ok(None);
        }
        // What it is a replica of is not known then.
        if self.database.database_read_url.is_some() {
            return Err(missing("DATABASE_URL"));
        }
        let postgres = postgres::start(&self.data).await?;
        self.database.database_url = Some(postgres::url(&postgres));
        Ok(Some(postgres))
    }

    /// The identity by the secret that is set, or by the one in the data folder, where operators' commands find it.
    fn identity(&self) -> Result<ServiceIdentity, StartError> {
        match self.trust.identity()? {
            Some(identity) => Ok(identity),
            None => Ok(secret::load_or_make(&self.data.data_dir)?),
        }
    }

    fn pools(&self) -> Result<Pools, StartError> {
        let pool = |service| self.database.pool(service);
        Ok(Pools {
            auth: pool("auth")?,
            account: pool("account")?,
            experience: pool("experience")?,
            social: pool("social")?,
            community: pool("community")?,
        })
    }
}

/// The mail server, or a development mailbox where none is set.
fn mailer(mail: &MailSettings, data_dir: &Path) -> Result<(Mailer, Option<DevelopmentMailbox>), StartError> {
    if let Some(mailer) = mail.smtp()? {
        return Ok((mailer, None));
    }
    let mailbox = DevelopmentMailbox::open(data_dir.join("mail"));
    let mailbox = mailbox.map_err(|error| StartError::System("cannot make the development mailbox", error))?;
    Ok((Mailer::Development(mailbox.clone()), Some(mailbox)))
}
