//! The settings that several roles share, each an option and an environment variable.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use clap::Args;
use connectus_platform::{
    client::{self, Networks},
    identity::{MIN_SECRET_LENGTH, ServiceIdentity},
    mail::Mailer,
    service::Links,
    telemetry::{self, LogFormat, PrometheusHandle, traces::Collector},
};
use ipnet::IpNet;
use tokio::net::TcpListener;

use crate::error::StartError;

/// What is logged, and how.
#[derive(Args, Clone, Debug)]
pub(crate) struct LogSettings {
    /// What is logged: a level, or levels by module (`info,connectus_auth=debug`).
    #[arg(long = "log", env = "CONNECTUS_LOG", default_value = "warn", value_name = "FILTER")]
    filter: String,
    /// How log lines look.
    #[arg(long, env = "CONNECTUS_LOG_FORMAT", default_value = "pretty", value_name = "FORMAT")]
    log_format: LogFormat,
}

impl LogSettings {
    /// Sets up logs.
    pub(crate) fn init(&self) -> Result<(), StartError> {
        telemetry::init(&self.filter, self.log_format, None)?;
        Ok(())
    }
}

/// What a process that serves tells of itself.
#[derive(Args, Clone, Debug)]
pub(crate) struct TelemetrySettings {
    #[command(flatten)]
    log: LogSettings,
    /// The OpenTelemetry collector that traces are sent to by gRPC (http://host:4317).
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    otlp_endpoint: Option<String>,
    /// Which part of all traces is sent, from 0 to 1.
    #[arg(long, env = "OTEL_TRACES_SAMPLER_ARG", default_value = "1", value_name = "RATIO", value_parser = ratio)]
    trace_ratio: f64,
}

impl TelemetrySettings {
    /// Sets up logs, metrics and traces of a role.
    pub(crate) fn init(&self, role: &str) -> Result<PrometheusHandle, StartError> {
        let collector = self.otlp_endpoint.as_deref().map(|url| Collector { url, role, ratio: self.trace_ratio });
        Ok(telemetry::init(&self.log.filter, self.log.log_format, collector)?)
    }
}

fn ratio(text: &str) -> Result<f64, String> {
    let ratio = text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
    ratio.ok_or_else(|| "not a number from 0 to 1".to_owned())
}

/// How a process ends.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct DrainSettings {
    /// For how many seconds a process that is told to end still takes calls, and says that it is about to.
    #[arg(long, env = "CONNECTUS_DRAIN_WAIT", default_value = "0", value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(..=300))]
    drain_wait: u64,
}

impl DrainSettings {
    pub(crate) fn wait(&self) -> Duration {
        Duration::from_secs(self.drain_wait)
    }
}

/// Where the gateway listens.
#[derive(Args, Clone, Debug)]
pub(crate) struct GatewayListen {
    /// Where the gateway listens: REST, gRPC, grpc-web.
    #[arg(long, env = "CONNECTUS_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
}

/// Where services listen.
#[derive(Args, Clone, Debug)]
pub(crate) struct GrpcListen {
    /// Where the services listen for gRPC, with reflection.
    #[arg(long, env = "CONNECTUS_GRPC_LISTEN", default_value = "127.0.0.1:50051", value_name = "ADDRESS")]
    grpc_listen: SocketAddr,
}

impl GatewayListen {
    /// Listens, and tells where.
    pub(crate) async fn bind(&self) -> Result<(TcpListener, SocketAddr), StartError> {
        bind(self.listen, "CONNECTUS_LISTEN").await
    }
}

impl GrpcListen {
    /// Listens, and tells where.
    pub(crate) async fn bind(&self) -> Result<(TcpListener, SocketAddr), StartError> {
        bind(self.grpc_listen, "CONNECTUS_GRPC_LISTEN").await
    }
}

async fn bind(address: SocketAddr, setting: &'static str) -> Result<(TcpListener, SocketAddr), StartError> {
    let failure = |source| StartError::Listen { address, setting, source };
    let listener = TcpListener::bind(address).await.map_err(failure)?;
    let address = listener.local_addr().map_err(failure)?;
    Ok((listener, address))
}

/// Where mailed links and pages lead.
#[derive(Args, Clone, Debug)]
pub(crate) struct LinkSettings {
    /// The gateway's URL as people reach it, for mailed links [default: http:// and the gateway's address]
    #[arg(long, env = "CONNECTUS_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// The URL of the web site that pages send people on to; without it the gateway serves the pages itself.
    #[arg(long, env = "CONNECTUS_SITE_URL", value_name = "URL")]
    site_url: Option<String>,
}

impl LinkSettings {
    /// The links, with the gateway's own address as the public URL where none is set.
    pub(crate) fn links(&self, gateway: Option<SocketAddr>) -> Result<Links, StartError> {
        let own = gateway.map(|address| format!("http://{}", reachable(address)));
        let public_url = self.public_url.clone().or(own).ok_or_else(|| missing("CONNECTUS_PUBLIC_URL"))?;
        Ok(Links {
            public_url: checked_url("CONNECTUS_PUBLIC_URL", &public_url)?,
            site_url: self.site_url.as_deref().map(|url| checked_url("CONNECTUS_SITE_URL", url)).transpose()?,
        })
    }
}

/// Where a process on this machine reaches a listener: one that listens everywhere is reached here too.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    address
}

fn checked_url(setting: &str, url: &str) -> Result<String, StartError> {
    let is_http = url.starts_with("http://") || url.starts_with("https://");
    match url.parse::<axum::http::Uri>() {
        Ok(uri) if is_http && uri.query().is_none() => Ok(url.trim_end_matches('/').to_owned()),
        _ => Err(StartError::Setting(format!("{setting} must be an http or https URL, and is {url:?}"))),
    }
}

/// How mails are sent.
#[derive(Args, Clone, Debug)]
pub(crate) struct MailSettings {
    /// The mail server: smtp://host:port, smtps://user:password@host, or smtp://user:password@host:587?tls=required.
    #[arg(long, env = "SMTP_URL", value_name = "URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// The sender of mails.
    #[arg(long, env = "MAIL_FROM", default_value = "ConnectUS <no-reply@connectus.localhost>", value_name = "ADDRESS")]
    mail_from: String,
}

impl MailSettings {
    /// The mail server, if one is set.
    pub(crate) fn smtp(&self) -> Result<Option<Mailer>, StartError> {
        let url = self.smtp_url.as_deref();
        Ok(url.map(|url| Mailer::smtp(url, &self.mail_from)).transpose()?)
    }

    /// The mail server, where there must be one.
    pub(crate) fn required(&self) -> Result<Mailer, StartError> {
        self.smtp()?.ok_or_else(|| missing("SMTP_URL"))
    }
}

/// Networks that are not on the Internet: this machine, private and shared addresses (RFC 6890, section 2.2).
const INTERNAL_NETWORKS: &str = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,::1/128,fc00::/7";

/// How services know each other, and which tokens they accept.
#[derive(Args, Clone, Debug)]
pub(crate) struct TrustSettings {
    /// The secret that all services share, at least 32 bytes.
    #[arg(long, env = "CONNECTUS_SERVICE_SECRET", value_name = "SECRET", hide_env_values = true)]
    service_secret: Option<String>,
    /// For how many seconds tokens are still accepted when auth does not answer.
    #[arg(long, env = "CONNECTUS_ACCESS_MAX_AGE", default_value = "10", value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=240))]
    access_max_age: u64,
    /// Where gateways are, whose word about a client's address counts, as addresses or networks separated by commas; by default
    /// whatever is not on the Internet.
    #[arg(long, env = "CONNECTUS_TRUSTED_GATEWAYS", value_name = "NETWORKS", value_delimiter = ',',
          default_value = INTERNAL_NETWORKS, value_parser = client::network)]
    trusted_gateways: Vec<IpNet>,
}

impl TrustSettings {
    /// The identity, if a secret is set.
    pub(crate) fn identity(&self) -> Result<Option<ServiceIdentity>, StartError> {
        self.service_secret.as_deref().map(identity).transpose()
    }

    /// The identity, where there must be one.
    pub(crate) fn required_identity(&self) -> Result<ServiceIdentity, StartError> {
        self.identity()?.ok_or_else(|| missing("CONNECTUS_SERVICE_SECRET"))
    }

    /// Where gateways are.
    pub(crate) fn gateways(&self) -> Networks {
        Networks::new(&self.trusted_gateways)
    }

    pub(crate) fn access_max_age(&self) -> Duration {
        Duration::from_secs(self.access_max_age)
    }
}

/// The identity by a secret.
pub(crate) fn identity(secret: &str) -> Result<ServiceIdentity, StartError> {
    let short = || format!("CONNECTUS_SERVICE_SECRET must have at least {MIN_SECRET_LENGTH} bytes");
    ServiceIdentity::new(secret.as_bytes()).ok_or_else(|| StartError::Setting(short()))
}

pub(crate) fn missing(setting: &str) -> StartError {
    StartError::Setting(format!("{setting} is not set, and this role needs it"))
}
