//! How a service is put together and started, alone or beside others.

use axum::Router;
use futures::future::BoxFuture;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::service::Routes;
use tonic_health::{
    pb::health_server::HealthServer,
    server::{HealthReporter, HealthService},
};
use tonic_reflection::server::{
    Error as ReflectionError,
    v1::{ServerReflection, ServerReflectionServer},
    v1alpha::{ServerReflection as AlphaReflection, ServerReflectionServer as AlphaServer},
};

use crate::{
    access::AccessFeed,
    client::Networks,
    context::{self, Surroundings},
    health,
    identity::ServiceIdentity,
    mail::Mailer,
    peer::Channel,
    store::Pool,
};

/// What every service is built on.
#[derive(Clone)]
pub struct Resources {
    /// Its database.
    pub pool: Pool,
    /// Which access tokens are good.
    pub access: AccessFeed,
    /// What proves to other services that it is one of them.
    pub identity: ServiceIdentity,
    /// Where gateways are, which say whose requests they pass on.
    pub gateways: Networks,
    /// Cancelled when the process is about to end: it says that it does not serve any more, and still takes calls.
    pub leaving: CancellationToken,
    /// Cancelled when no more calls are taken: streams without an end of their own end then.
    pub closing: CancellationToken,
}

/// What a service that reaches beyond itself does so with.
#[derive(Clone)]
pub struct Outgoing {
    /// The way its mails take.
    pub mailer: Mailer,
    /// Where its mailed links lead.
    pub links: Links,
    /// The way to the account service.
    pub account: Channel,
}

/// Where mailed links and pages lead. Neither URL ends in a slash.
#[derive(Clone, Debug)]
pub struct Links {
    /// The gateway, as people reach it.
    pub public_url: String,
    /// The web site that pages send people on to, if there is one.
    pub site_url: Option<String>,
}

/// Work that a service does beside answering calls, until its token is cancelled.
type Worker = Box<dyn FnOnce(CancellationToken) -> BoxFuture<'static, ()> + Send>;

/// A service that is built, and not yet started.
pub struct Service {
    grpc_names: &'static [&'static str],
    routes: Routes,
    workers: Vec<Worker>,
    may_be_stale: &'static [&'static str],
}

impl Service {
    /// Takes the names that its contracts give it, by which its health is asked for, and their servers.
    #[must_use]
    pub fn new(grpc_names: &'static [&'static str], routes: Routes) -> Self {
        Self { grpc_names, routes, workers: Vec::new(), may_be_stale: &[] }
    }

    /// Names the rpcs, such as `package.Service/Method`, that only read, and may be answered from a replica of the database. What no
    /// caller may see late is not among them, nor is what others decide by.
    #[must_use]
    pub fn may_be_stale(self, rpcs: &'static [&'static str]) -> Self {
        Self { may_be_stale: rpcs, ..self }
    }

    /// Adds work that it does beside answering calls.
    #[must_use]
    pub fn worker<F>(mut self, worker: impl FnOnce(CancellationToken) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.workers.push(Box::new(|shutdown| Box::pin(worker(shutdown))));
        self
    }
}

/// Starts services beside each other: their workers, and one router that serves them all, with gRPC health for each and
/// reflection. The workers stop when `shutdown` is cancelled; `tasks` ends when they have.
pub fn start(services: Vec<(Service, Resources)>, shutdown: &CancellationToken, tasks: &TaskTracker) -> Router {
    let health = HealthReporter::new();
    let mut router = Router::new();
    for (Service { grpc_names, routes, workers, may_be_stale }, resources) in services {
        let surroundings = Surroundings::new(&resources, may_be_stale);
        let surround = axum::middleware::from_fn_with_state(surroundings, context::surround);
        router = router.merge(routes.into_axum_router().reset_fallback().layer(surround));
        for worker in workers {
            tasks.spawn(worker(shutdown.clone()));
        }
        let Resources { pool, access, leaving, .. } = resources;
        if let Some(replica) = pool.replica() {
            tasks.spawn(shutdown.clone().run_until_cancelled_owned(replica.follow(pool.clone())));
        }
        tasks.spawn(health::follow(health.clone(), grpc_names, pool, access, leaving));
    }
    let health = HealthServer::new(HealthService::from_health_reporter(health));
    let mut common = Routes::new(health);
    match reflection() {
        Ok((v1, v1alpha)) => common = common.add_service(v1).add_service(v1alpha),
        Err(error) => tracing::error!(%error, "the contracts cannot be reflected"),
    }
    router.merge(common.into_axum_router())
}

/// Reflection in the two versions that clients speak.
fn reflection()
-> Result<(ServerReflectionServer<impl ServerReflection>, AlphaServer<impl AlphaReflection>), ReflectionError> {
    let builder = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(connectus_proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    Ok((builder().build_v1()?, builder().build_v1alpha()?))
}
