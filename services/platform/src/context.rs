//! What surrounds each call: its request id, its deadline, its caller, its measurements.

use std::{
    collections::HashMap,
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use connectus_proto::common::v1::ErrorReason;
use futures::FutureExt;
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use metrics::Label;
use prost::Message;
use prost_types::{FileDescriptorProto, FileDescriptorSet};
use tokio::{sync::Semaphore, time::Instant};
use tonic::{Code, Status, metadata::MetadataValue};
use tracing::{Instrument, Span};
use uuid::Uuid;

use crate::{
    access::AccessFeed,
    client::{Client, Networks},
    idempotency::{IDEMPOTENCY_KEY_HEADER, Idempotency},
    identity::{Presented, Refusal, ServiceIdentity, TrustedService},
    service::Resources,
    stale, status,
    telemetry::traces,
};

/// The header that carries a request id through the suite.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
/// The header that carries a call's deadline, as gRPC's HTTP/2 protocol defines it.
pub const TIMEOUT_HEADER: &str = "grpc-timeout";
/// The longest that a call may take, whatever its caller allows.
pub const MAX_DEADLINE: Duration = Duration::from_secs(10);
/// How many calls a service works on at once; more are refused at once.
const MAX_IN_FLIGHT: usize = 1024;
/// The longest request id taken from outside.
const MAX_REQUEST_ID_LENGTH: usize = 64;

/// What is known of the call being served.
#[derive(Clone, Debug)]
pub(crate) struct RequestContext {
    request_id: HeaderValue,
    deadline: Instant,
    /// The `authorization` metadata it came with.
    pub(crate) authorization: Option<MetadataValue<tonic::metadata::Ascii>>,
    /// Whose it is.
    client: Client,
    /// What makes it one of several that are to be done once. It is not for the calls of a call.
    idempotency_key: Option<HeaderValue>,
    /// How old it may be what it is answered with, where that is known.
    pub(crate) stale: Option<Duration>,
}

tokio::task_local! {
    static CURRENT: RequestContext;
}

pub(crate) fn current() -> Option<RequestContext> {
    CURRENT.try_with(Clone::clone).ok()
}

/// The id of the request being served, or a new one.
pub(crate) fn request_id() -> HeaderValue {
    CURRENT.try_with(|context| context.request_id.clone()).unwrap_or_else(|_| new_request_id())
}

/// What is left of the deadline of the call being served.
pub(crate) fn time_left() -> Duration {
    CURRENT.try_with(|context| context.deadline.saturating_duration_since(Instant::now())).unwrap_or(MAX_DEADLINE)
}

/// The status of a call whose deadline passed.
#[must_use]
pub fn deadline_exceeded() -> Status {
    status::failure(Code::DeadlineExceeded, ErrorReason::DeadlineExceeded, "the deadline passed")
}

/// Works until the deadline of the call being served.
pub async fn in_time<T>(work: impl Future<Output = Result<T, Status>>) -> Result<T, Status> {
    tokio::time::timeout(time_left(), work).await.unwrap_or_else(|_| Err(deadline_exceeded()))
}

/// The request id of incoming headers, if it is a sane one, or a new one.
#[must_use]
pub fn incoming_request_id(headers: &HeaderMap) -> HeaderValue {
    headers.get(REQUEST_ID_HEADER).filter(|id| is_sane(id)).cloned().unwrap_or_else(new_request_id)
}

/// Whether the call being served is nobody's in particular, and says nothing of how old its answer may be: what is read for it is the
/// same for all such calls.
#[must_use]
pub fn is_of_nobody() -> bool {
    CURRENT.try_with(|context| context.authorization.is_none() && context.stale.is_none()).unwrap_or_default()
}

/// Whose the call being served is.
#[must_use]
pub fn client() -> Client {
    CURRENT.try_with(|context| context.client.clone()).unwrap_or_default()
}

/// Adds what every call to a service carries on.
pub(crate) fn carry_on(headers: &mut HeaderMap) {
    headers.insert(REQUEST_ID_HEADER, request_id());
    traces::carry_on(headers);
    let Some(context) = current() else { return };
    context.client.write(headers);
    if let Some(stale) = context.stale {
        stale::write(stale, headers);
    }
    if let Some(key) = context.idempotency_key {
        headers.insert(IDEMPOTENCY_KEY_HEADER, key);
    }
}

/// A request from outside, as far as the calls to services made for it carry it on.
#[derive(Clone, Debug)]
pub struct Incoming<'a> {
    /// Its id.
    pub request_id: HeaderValue,
    /// The access token that it came with.
    pub token: Option<&'a str>,
    /// Whose it is.
    pub client: Client,
    /// What makes it one of several that are to be done once.
    pub idempotency_key: Option<HeaderValue>,
    /// How old it may be what it is answered with, if it says so.
    pub stale: Option<Duration>,
}

/// Does what a request from outside asks for: calls to services made meanwhile carry on what it says, and end at its deadline.
pub async fn within<F: Future>(incoming: Incoming<'_>, timeout: Duration, work: F) -> F::Output {
    let Incoming { request_id, token, client, idempotency_key, stale } = incoming;
    let authorization = token.and_then(|token| MetadataValue::try_from(format!("Bearer {token}")).ok());
    let deadline = Instant::now() + timeout;
    let context = RequestContext { request_id, deadline, authorization, client, idempotency_key, stale };
    CURRENT.scope(context, work).await
}

fn is_sane(id: &HeaderValue) -> bool {
    let id = id.as_bytes();
    (1..=MAX_REQUEST_ID_LENGTH).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

fn new_request_id() -> HeaderValue {
    let mut buffer = Uuid::encode_buffer();
    let id = Uuid::now_v7().simple().encode_lower(&mut buffer);
    HeaderValue::from_str(id).unwrap_or_else(|_| HeaderValue::from_static("none"))
}

/// What [`surround`] needs.
#[derive(Clone)]
pub(crate) struct Surroundings {
    access: AccessFeed,
    identity: ServiceIdentity,
    gateways: Networks,
    idempotency: Idempotency,
    in_flight: Arc<Semaphore>,
    may_be_stale: &'static [&'static str],
}

impl Surroundings {
    pub(crate) fn new(resources: &Resources, may_be_stale: &'static [&'static str]) -> Self {
        let Resources { pool, access, identity, gateways, .. } = resources.clone();
        let idempotency = Idempotency::new(pool, access.clone(), &identity);
        let in_flight = Arc::new(Semaphore::new(MAX_IN_FLIGHT));
        Self { access, identity, gateways, idempotency, in_flight, may_be_stale }
    }
}

/// Serves one rpc: refuses it when too many are under way, finds out who calls, and answers at its deadline at the
/// latest, even if the handler panics.
pub(crate) async fn surround(State(surroundings): State<Surroundings>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let rpc = name(request.uri().path());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let context = RequestContext {
        request_id: incoming_request_id(request.headers()),
        deadline: began + time_allowed(request.headers()),
        authorization: authorization(request.headers()),
        client: Client::of_call(request.headers(), peer, &surroundings.gateways),
        idempotency_key: None,
        stale: Some(stale::of_call(request.headers(), surroundings.may_be_stale.contains(&rpc))),
    };
    let span = traces::rpc(rpc, &context.request_id);
    traces::continue_in(&span, request.headers());
    let left = context.deadline.saturating_duration_since(began);
    let served = async {
        let is_service = surroundings.identity.proves(request.headers());
        let permit = surroundings.in_flight.try_acquire();
        // What the suite needs to go on, such as news of revocations, does not stand back behind strangers.
        if permit.is_err() && !is_service {
            return status::overloaded(status::RETRY_DELAY).into_http();
        }
        identify(&surroundings.access, is_service, &mut request).await;
        surroundings.idempotency.serve(request, next).await
    };
    let served = tokio::time::timeout(left, AssertUnwindSafe(CURRENT.scope(context, served)).catch_unwind());
    let response = match served.instrument(span.clone()).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => status::internal("a handler panicked").into_http::<Body>(),
        Err(_) => deadline_exceeded().into_http(),
    };
    measure(rpc, &span, &response, began);
    response
}

async fn identify(access: &AccessFeed, is_service: bool, request: &mut Request) {
    if is_service {
        request.extensions_mut().insert(TrustedService);
    }
    let presented = match bearer_token(request.headers()) {
        Some(token) => access.verify(token).await,
        None => Err(Refusal::Missing),
    };
    request.extensions_mut().insert(Presented(presented));
}

/// The token of an `Authorization: Bearer` header (RFC 6750, section 2.1), if it is not empty.
#[must_use]
pub fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn authorization(headers: &HeaderMap) -> Option<MetadataValue<tonic::metadata::Ascii>> {
    MetadataValue::try_from(headers.get(AUTHORIZATION)?.as_bytes()).ok()
}

/// How long a call with these headers may take: what its caller allows, and never more than [`MAX_DEADLINE`].
#[must_use]
pub fn time_allowed(headers: &HeaderMap) -> Duration {
    let asked = headers.get(TIMEOUT_HEADER).and_then(|value| parse_timeout(value.to_str().ok()?));
    asked.map_or(MAX_DEADLINE, |asked| asked.min(MAX_DEADLINE))
}

/// Reads a `grpc-timeout`: up to eight digits and a unit.
fn parse_timeout(value: &str) -> Option<Duration> {
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(amount * 3600),
        "M" => Duration::from_secs(amount * 60),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return None,
    })
}

/// The rpcs of the contracts, as `package.Service/Method`, with whether they answer a stream.
static RPCS: LazyLock<HashMap<String, bool>> = LazyLock::new(|| {
    let contracts = FileDescriptorSet::decode(connectus_proto::FILE_DESCRIPTOR_SET);
    let files = contracts.unwrap_or_else(|error| unreachable!("the contracts were encoded by us: {error}")).file;
    let rpcs = |file: FileDescriptorProto| {
        let package = file.package().to_owned();
        file.service.into_iter().flat_map(move |service| {
            let name = format!("{package}.{}", service.name());
            service
                .method
                .into_iter()
                .map(move |method| (format!("{name}/{}", method.name()), method.server_streaming()))
        })
    };
    files.into_iter().flat_map(rpcs).collect()
});

/// Whether the rpc at a path answers a stream.
#[must_use]
pub fn is_streaming(path: &str) -> bool {
    RPCS.get(path.trim_start_matches('/')).copied().unwrap_or_default()
}

/// The name of the rpc at a path. A path that is none has no name of its own, or a stranger could fill the memory with names.
fn name(path: &str) -> &'static str {
    RPCS.get_key_value(path.trim_start_matches('/')).map_or("unknown", |(name, _)| name)
}

fn measure(rpc: &'static str, span: &Span, response: &Response, began: Instant) {
    let code = response.headers().get("grpc-status").and_then(|code| code.to_str().ok()).unwrap_or("0");
    traces::note_rpc(span, rpc, code);
    let labels = vec![Label::from_static_parts("rpc", rpc), Label::new("code", code.to_owned())];
    metrics::histogram!("connectus_rpc_duration_seconds", labels).record(began.elapsed());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn timeouts_are_read_as_grpc_writes_them() {
        assert_eq!(parse_timeout("250m"), Some(Duration::from_millis(250)));
        assert_eq!(parse_timeout("5S"), Some(Duration::from_secs(5)));
        for bad in ["", "S", "5", "5x", "123456789S", "-1S", "5é"] {
            assert_eq!(parse_timeout(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_timeout_header_panics(value in ".{0,12}") {
            let _ = parse_timeout(&value);
        }
    }
}
