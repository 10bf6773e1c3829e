//! A service that does what its request says, served as every service is.

use std::{
    future::pending,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::Router;
use connectus_platform::{
    access::AccessFeed,
    client::Networks,
    identity::{self, ServiceIdentity},
    peer::{self, Channel},
    serve::serve,
    service::{self, Resources, Service},
    status, store,
    store::PoolOptions,
};
use connectus_proto::auth::v1::{
    GetVerifiedEmailRequest, GetVerifiedEmailResponse, IntrospectTokenRequest, IntrospectTokenResponse,
    PollAccessRequest, PollAccessResponse, RotateSigningKeysRequest, RotateSigningKeysResponse,
    auth_internal_service_client::AuthInternalServiceClient,
    auth_internal_service_server::{AuthInternalService, AuthInternalServiceServer},
};
use connectus_testkit::PATIENCE;
use http::HeaderMap;
use tokio::{net::TcpListener, sync::Notify};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};
use tonic::{Request, Response, Status, async_trait, service::Routes};

/// Where its rpc is.
pub(crate) const PATH: &str = "/connectus.auth.v1.AuthInternalService/PollAccess";

/// What the `cursor` of a request asks for.
pub(crate) mod ask {
    /// An answer at once.
    pub(crate) const ANSWER: i64 = 0;
    /// A panic.
    pub(crate) const PANIC: i64 = 1;
    /// An answer when the test says so.
    pub(crate) const WAIT: i64 = 2;
    /// A call to the next service, on behalf of the caller, and its answer.
    pub(crate) const CALL_ON: i64 = 3;
    /// A call to the next service that never answers.
    pub(crate) const CALL_ON_FOR_EVER: i64 = 4;
    /// Never an answer.
    pub(crate) const HANG: i64 = 5;
    /// An answer for a caller, and for nobody else.
    pub(crate) const CALLER: i64 = 6;
}

/// What a probe shares with its test.
#[derive(Default)]
pub(crate) struct Shared {
    /// The headers of each call that was answered at once.
    pub(crate) seen: std::sync::Mutex<Vec<HeaderMap>>,
    pub(crate) go_on: Notify,
    /// How many calls have come that are answered when the test says so.
    pub(crate) waiting: AtomicUsize,
}

struct Probe {
    shared: Arc<Shared>,
    next: Option<Channel>,
}

#[async_trait]
impl AuthInternalService for Probe {
    async fn poll_access(&self, request: Request<PollAccessRequest>) -> Result<Response<PollAccessResponse>, Status> {
        match request.get_ref().cursor {
            ask::PANIC => panic!("as the test wants it"),
            ask::WAIT => {
                let go_on = self.shared.go_on.notified();
                self.shared.waiting.fetch_add(1, Ordering::Relaxed);
                go_on.await;
            }
            ask::HANG => pending().await,
            ask::CALLER => {
                identity::caller(&request)?;
            }
            ask::CALL_ON => return self.call_on(ask::ANSWER).await,
            ask::CALL_ON_FOR_EVER => return self.call_on(ask::HANG).await,
            _ => self.shared.seen.lock().unwrap().push(request.metadata().clone().into_headers()),
        }
        Ok(PollAccessResponse::default().into())
    }

    async fn introspect_token(
        &self,
        _: Request<IntrospectTokenRequest>,
    ) -> Result<Response<IntrospectTokenResponse>, Status> {
        Err(status::internal("not used"))
    }

    async fn rotate_signing_keys(
        &self,
        _: Request<RotateSigningKeysRequest>,
    ) -> Result<Response<RotateSigningKeysResponse>, Status> {
        Err(status::internal("not used"))
    }

    async fn get_verified_email(
        &self,
        _: Request<GetVerifiedEmailRequest>,
    ) -> Result<Response<GetVerifiedEmailResponse>, Status> {
        Err(status::internal("not used"))
    }
}

impl Probe {
    async fn call_on(&self, cursor: i64) -> Result<Response<PollAccessResponse>, Status> {
        let next = self.next.clone().expect("a next service");
        AuthInternalServiceClient::new(next)
            .poll_access(peer::on_behalf(PollAccessRequest { cursor, uses: Vec::new() }))
            .await
    }
}

/// A probe that is served on a port of its own.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    /// The same without a network.
    pub(crate) router: Router,
    pub(crate) shared: Arc<Shared>,
    /// What the suite's services know each other by.
    pub(crate) identity: ServiceIdentity,
    _end: DropGuard,
}

impl Served {
    pub(crate) async fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Serves one at an address, where another was before.
    pub(crate) async fn start_at(address: SocketAddr) -> Self {
        Self::with(address, None).await
    }

    /// Serves one whose calls go on to another.
    pub(crate) async fn calling(next: &Self) -> Self {
        let next = peer::remote(&next.url()).unwrap();
        Self::with(SocketAddr::from(([127, 0, 0, 1], 0)), Some(next)).await
    }

    async fn with(address: SocketAddr, next: Option<Channel>) -> Self {
        let (nowhere, _) = peer::local();
        let identity = ServiceIdentity::random();
        let access = AccessFeed::new(nowhere, identity.clone(), PATIENCE);
        let url = "postgres://nobody@127.0.0.1:1/none".to_owned();
        let pool = store::pool(&PoolOptions { url, read_url: None, service: "auth", size: 1 });
        let shared = Arc::<Shared>::default();
        let probe = AuthInternalServiceServer::new(Probe { shared: shared.clone(), next });
        let service = Service::new(&["connectus.auth.v1.AuthInternalService"], Routes::new(probe));
        let end = CancellationToken::new();
        let router = service::start(
            vec![(
                service,
                Resources {
                    pool,
                    access,
                    identity: identity.clone(),
                    gateways: Networks::default(),
                    leaving: CancellationToken::new(),
                    closing: CancellationToken::new(),
                },
            )],
            &end,
            &TaskTracker::new(),
        );
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, router.clone(), end.clone()));
        Self { address, router, shared, identity, _end: end.drop_guard() }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Calls its rpc with headers, and returns what it answered, as a client that trusts nobody's own deadline.
    pub(crate) async fn ask(&self, cursor: i64, headers: &[(&str, &str)]) -> Result<(), Status> {
        self.call(PATH, cursor, headers).await
    }

    pub(crate) async fn call(&self, path: &str, cursor: i64, headers: &[(&str, &str)]) -> Result<(), Status> {
        let client = reqwest::Client::builder().http2_prior_knowledge().timeout(PATIENCE).build().unwrap();
        let mut request = client.post(format!("{}{path}", self.url())).header("content-type", "application/grpc");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let message = u8::try_from(cursor).unwrap();
        // A message of two bytes: field 1, a varint.
        let response = request.header("te", "trailers").body(vec![0, 0, 0, 0, 2, 8, message]).send().await.unwrap();
        match Status::from_header_map(response.headers()) {
            Some(status) if status.code() != tonic::Code::Ok => Err(status),
            _ => Ok(()),
        }
    }
}
