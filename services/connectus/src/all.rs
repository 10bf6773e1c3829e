//! The whole suite in one process, which needs nothing but a PostgreSQL installation.

mod banner;

use std::path::{Path, PathBuf};

use clap::Args;
use connectus_gateway::{Parts, Upstreams};
use connectus_platform::{
    access::AccessFeed,
    identity::ServiceIdentity,
    mail::{DevelopmentMailbox, Mailer},
    peer::{self, Channel},
    service::{self, Outgoing, Resources, Service},
};
use connectus_postgres::{Durability, Options, Postgres};

use crate::{
    database::DatabaseSettings,
    error::StartError,
    process::Process,
    settings::{GatewayListen, GrpcListen, LinkSettings, LogSettings, MailSettings, TrustSettings},
};

/// The settings of the role `all`.
#[derive(Args)]
pub(crate) struct Settings {
    #[command(flatten)]
    gateway_listen: GatewayListen,
    #[command(flatten)]
    grpc_listen: GrpcListen,
    /// Where the private PostgreSQL and the development mailbox keep their files.
    #[arg(long, env = "CONNECTUS_DATA_DIR", default_value = ".connectus", value_name = "FOLDER")]
    data_dir: PathBuf,
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
    gateway: connectus_gateway::Config,
    #[command(flatten)]
    log: LogSettings,
}

/// Runs the suite until a signal ends it.
pub(crate) async fn run(mut settings: Settings) -> Result<(), StartError> {
    let metrics = settings.log.init()?;
    let (gateway_listener, gateway) = settings.gateway_listen.bind().await?;
    let (grpc_listener, grpc) = settings.grpc_listen.bind().await?;
    let links = settings.links.links(Some(gateway))?;
    let postgres = settings.own_postgres().await?;
    let data_dir = postgres.as_ref().map_or(settings.data_dir.clone(), |postgres| postgres.data_dir().to_owned());
    let (mailer, mailbox) = mailer(&settings.mail, &data_dir)?;
    settings.database.migrate().await?;

    let process = Process::new()?;
    let (channel, local) = peer::local();
    let outgoing = Outgoing { mailer, links: links.clone(), account: channel.clone() };
    let services = settings.services(&channel, &outgoing, &process)?;
    let router = service::start(services, &process.workers_end, &process.workers);
    local.serve(router.clone());
    process.serve(grpc_listener, router);

    let facts = banner::Facts { gateway, grpc, has_mailbox: mailbox.is_some(), database: postgres.as_ref() };
    banner::print(&facts, &links, &settings.data_dir);
    let upstreams = Upstreams { auth: channel.clone(), account: channel.clone(), experience: channel };
    let config = settings.gateway.trusting_loopback();
    let router = connectus_gateway::build(Parts { config, upstreams, links, mailbox, metrics });
    process.serve(gateway_listener, router);

    process.until_signal().await;
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
        let options = Options { data_dir: self.data_dir.clone(), durability: Durability::Safe };
        let postgres = Postgres::start(&options).await?;
        self.database.database_url = Some(postgres.url("postgres"));
        Ok(Some(postgres))
    }

    /// Every service, on its own database connections and on what all share.
    fn services(
        &self,
        channel: &Channel,
        outgoing: &Outgoing,
        process: &Process,
    ) -> Result<Vec<(Service, Resources)>, StartError> {
        let identity = self.trust.identity()?.unwrap_or_else(ServiceIdentity::random);
        let access = AccessFeed::new(channel.clone(), identity.clone(), self.trust.access_max_age());
        process.workers.spawn(access.clone().run(process.workers_end.clone()));
        let resources = |service| {
            let pool = self.database.pool(service)?;
            Ok::<_, StartError>(Resources { pool, access: access.clone(), identity: identity.clone() })
        };
        let (auth, account, experience) = (resources("auth")?, resources("account")?, resources("experience")?);
        Ok(vec![
            (connectus_auth::build(&self.auth, &auth, outgoing), auth),
            (connectus_account::build(&account), account),
            (connectus_experience::build(&experience, outgoing), experience),
        ])
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
