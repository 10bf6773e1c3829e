//! What surrounds every request: its id and deadline, its headers, its measurement.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use connectus_platform::{
    context::{self, Incoming},
    fields::FieldError,
    idempotency, stale,
    telemetry::traces,
    token,
};
use connectus_proto::common::v1::ErrorReason;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
        X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};

use metrics::Label;
use tracing::{Instrument, Span};

use crate::{
    Config,
    client::{self, TrustedProxies},
    failure::{Failure, envelope, general, render},
    grpc, linger,
    rate_limit::RateLimit,
    route::{Auth, Route},
};

/// The header of the published API that carries the access token.
pub(crate) const ACCESS_TOKEN: HeaderName = HeaderName::from_static("x-access-token");

/// How much longer a request may take than the calls made for it.
const GRACE: Duration = Duration::from_secs(1);

/// Renders what a route's handler fails with, and refuses before its body is read a call without the token that it needs, or
/// with a key that is none.
pub(crate) async fn answer(State(route): State<&'static Route>, request: Request, next: Next) -> Response {
    if route.auth == Auth::Token && token(request.headers()).is_none() {
        return render(route, &Failure::Reason(ErrorReason::TokenMissing));
    }
    if let Err(error) = idempotency_key(&request) {
        return render(route, &Failure::invalid(&error.field));
    }
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Failure>() {
        Some(failure) => render(route, &failure),
        None => response,
    }
}

/// What stands for a token that cannot be one: it is not accepted either, and travels well.
const NO_TOKEN: &str = "?";

/// The access token of a request.
fn token(headers: &HeaderMap) -> Option<&str> {
    let token = headers.get(ACCESS_TOKEN).map(|token| token.to_str().unwrap_or(NO_TOKEN));
    let token = token.filter(|token| !token.is_empty()).or_else(|| context::bearer_token(headers))?;
    Some(if token.len() > token::MAX_LENGTH { NO_TOKEN } else { token })
}

/// What makes a request one of several that are to be done once; the other methods do what they do once anyway.
fn idempotency_key(request: &Request) -> Result<Option<&HeaderValue>, FieldError> {
    if request.method() == Method::POST { idempotency::key_of(request.headers()) } else { Ok(None) }
}

/// How old the answer may be, if the request says so. What changes something looks at nothing old; of an rpc, its service knows
/// whether it does.
fn stale(request: &Request) -> Option<Duration> {
    let only_reads = [Method::GET, Method::HEAD].contains(request.method()) || grpc::content_type(request).is_some();
    if only_reads { stale::asked(request.headers()) } else { Some(Duration::ZERO) }
}

/// What surrounds requests, by the gateway's settings.
pub(crate) struct Surroundings {
    proxies: TrustedProxies,
    rate_limit: RateLimit,
    timeout: Duration,
    is_https: bool,
}

impl Surroundings {
    pub(crate) fn new(config: &Config, is_https: bool) -> Self {
        Self {
            proxies: TrustedProxies::new(&config.trusted_proxies),
            rate_limit: RateLimit::new(config),
            timeout: config.request_timeout(),
            is_https,
        }
    }
}

/// Finds out whose a request is, has it served or refused, and adds to its answer what keeps browsers from doing harm. It is one layer:
/// each costs every request some memory.
pub(crate) async fn surround(
    State(surroundings): State<Arc<Surroundings>>,
    mut request: Request,
    next: Next,
) -> Response {
    let policy = policy(&request);
    client::identify(&surroundings.proxies, &mut request);
    let mut response = measured(&surroundings, request, next).await;
    secure(surroundings.is_https, policy, response.headers_mut());
    response
}

/// Gives a request its id and its deadline, which the calls made for it carry on with whose it is, and measures it.
async fn measured(surroundings: &Surroundings, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = context::incoming_request_id(request.headers());
    let method = request.method().clone();
    let span = traces::request(&method, &id);
    traces::continue_in(&span, request.headers());
    let mut response = serve(id.clone(), surroundings, request, next).instrument(span.clone()).await;
    response.headers_mut().insert(context::REQUEST_ID_HEADER, id.clone());
    measure(&method, &id, &span, &mut response, began.elapsed());
    response
}

/// Serves a request until its deadline.
async fn serve(request_id: HeaderValue, surroundings: &Surroundings, request: Request, next: Next) -> Response {
    let token = token(request.headers()).map(str::to_owned);
    // A key that is none is refused where it is known how: by its route, or by the service of the rpc.
    let idempotency_key = idempotency_key(&request).ok().flatten().cloned();
    let (client, stale) = (client::of(&request), stale(&request));
    let incoming = Incoming { request_id, token: token.as_deref(), client, idempotency_key, stale };
    let grpc = grpc::content_type(&request);
    // A caller of an rpc may allow less.
    let timeout = surroundings.timeout.min(context::time_allowed(request.headers()));
    // Calls of browsers are read to the end, refused or not.
    let answer = linger::read_rest(request, async |request| match surroundings.rate_limit.refusal(&request) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    });
    let served = context::within(incoming, timeout, answer);
    match tokio::time::timeout(timeout + GRACE, served).await {
        Ok(response) => response,
        Err(_) => match grpc {
            Some(grpc) => grpc::refuse(context::deadline_exceeded(), grpc),
            None => envelope(&general::TOO_SLOW),
        },
    }
}

fn measure(method: &Method, id: &HeaderValue, span: &Span, response: &mut Response, elapsed: Duration) {
    let path = response.extensions_mut().remove::<MatchedPath>();
    let route = path.as_ref().map_or("unknown", MatchedPath::as_str);
    let status = response.status().as_u16();
    tracing::info!(%method, route, status, milliseconds = elapsed.as_millis(), request_id = id.to_str().unwrap_or_default(), "request");
    traces::note_request(span, method_label(method), route, status);
    let labels = vec![
        Label::from_static_parts("method", method_label(method)),
        Label::new("route", route.to_owned()),
        Label::new("status", status.to_string()),
    ];
    metrics::histogram!("connectus_http_request_duration_seconds", labels).record(elapsed);
}

/// A method's name in the metrics: whoever makes names up does not fill the memory with them.
fn method_label(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.iter().find(|known| **known == method.as_str()).unwrap_or(&"other")
}

/// Tells the layers around the router which route served the request; its own path may hold a secret.
pub(crate) async fn note_route(path: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(path) = path {
        response.extensions_mut().insert(path);
    }
    response
}

/// What pages may load: only what the gateway itself serves. The documentation page styles itself inline.
const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const DOCS_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    frame-ancestors 'none'; base-uri 'none'";

/// What the answer to a request may load, if it is a page.
fn policy(request: &Request) -> &'static str {
    if request.uri().path().starts_with("/docs") { DOCS_POLICY } else { PAGE_POLICY }
}

/// Adds the headers that keep browsers from doing harm (OWASP ASVS 4.0.3, section 14.4).
fn secure(is_https: bool, policy: &'static str, headers: &mut HeaderMap) {
    // What needs less than a page says so itself.
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(policy));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // Addresses of pages hold tokens.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if is_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    if !headers.contains_key(CACHE_CONTROL) && headers.contains_key(CONTENT_TYPE) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use http::header::AUTHORIZATION;

    use super::*;

    #[test]
    fn a_token_that_can_be_none_is_not_sent_on() {
        let sent =
            |name: HeaderName, value: &str| HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())]);
        let long = "x".repeat(token::MAX_LENGTH + 1);
        assert_eq!(token(&sent(ACCESS_TOKEN, &long)), Some(NO_TOKEN));
        assert_eq!(token(&sent(AUTHORIZATION, &format!("Bearer {long}"))), Some(NO_TOKEN));
        assert_eq!(token(&sent(ACCESS_TOKEN, &long[1..])), Some(&long[1..]));
        assert_eq!(token(&sent(ACCESS_TOKEN, "é")), Some(NO_TOKEN));
        assert_eq!(token(&HeaderMap::new()), None);
    }

    #[test]
    fn browsers_are_told_to_stay_with_tls_where_there_is_tls() {
        for (is_https, expected) in [(true, Some("max-age=31536000; includeSubDomains")), (false, None)] {
            let mut headers = HeaderMap::new();
            secure(is_https, PAGE_POLICY, &mut headers);
            let header = headers.get(STRICT_TRANSPORT_SECURITY).map(|value| value.to_str().unwrap());
            assert_eq!(header, expected);
        }
    }
}
