//! Puts the gateway together.

use std::{any::Any, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use connectus_platform::{
    context::REQUEST_ID_HEADER, idempotency::IDEMPOTENCY_KEY_HEADER, mail::DevelopmentMailbox, service::Links,
    telemetry::PrometheusHandle,
};
use http::{HeaderName, Method, header};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{AllowOrigin, CorsLayer},
};

use crate::{
    Config, Upstreams,
    body::MAX_BODY,
    community, docs,
    failure::{ERROR_FIELD, envelope, general},
    grpc,
    layers::{self, Surroundings},
    operations, pages, rest,
    streams::Streams,
    upstream::Gateway,
};

/// What the gateway is made of.
pub struct Parts {
    /// Its settings.
    pub config: Config,
    /// The ways to the services.
    pub upstreams: Upstreams,
    /// Where links lead.
    pub links: Links,
    /// The mailbox to show, where mails are not sent.
    pub mailbox: Option<DevelopmentMailbox>,
    /// The metrics to show.
    pub metrics: PrometheusHandle,
    /// Cancelled when the gateway is about to end: it says that it is not ready any more, and still takes requests.
    pub leaving: CancellationToken,
    /// Cancelled when no more requests are taken: answers without an end of their own end then.
    pub closing: CancellationToken,
}

/// Builds the gateway.
pub fn build(parts: Parts) -> Router {
    let Parts { config, upstreams, links, mailbox, metrics, leaving, closing } = parts;
    let is_https = links.public_url.starts_with("https://");
    let upstreams = upstreams.reading_again();
    let streams = Streams::new(config.max_streams);
    let grpc = grpc::router(&upstreams, &streams);
    let gateway = Gateway::new(upstreams.clone(), links, streams, closing);
    let operations = operations::router(upstreams, metrics, leaving);
    let pages = rest_router(gateway, operations, mailbox);
    // From the inside out.
    Router::new()
        .fallback(dispatch)
        .with_state((pages, grpc))
        // A handler that panics still answers.
        .layer(CatchPanicLayer::custom(panicked))
        // Everything inside knows the request's id and deadline, and whose it is.
        .layer(from_fn_with_state(Arc::new(Surroundings::new(&config, is_https)), layers::surround))
        // Outermost, so that browsers can read every answer, refusals too.
        .layer(cors(&config))
}

/// gRPC calls go to the services, everything else to the pages and the REST API.
async fn dispatch(State((pages, grpc)): State<(Router, Router)>, request: Request) -> Response {
    let router = if grpc::content_type(&request).is_some() { grpc } else { pages };
    let Ok(response) = router.oneshot(request).await;
    response
}

fn rest_router(gateway: Gateway, operations: Router<Gateway>, mailbox: Option<DevelopmentMailbox>) -> Router {
    let mut router = Router::new();
    for route in rest::routes() {
        for path in route.spellings() {
            let handler = (route.handler)().layer(from_fn_with_state(route, layers::answer));
            router = router.route(&path, handler);
        }
    }
    if gateway.links.site_url.is_none() {
        let page = get(pages::password_reset::show).post(pages::password_reset::reset);
        router = router.route("/password-reset/{token}", page);
    }
    if let Some(mailbox) = mailbox {
        router = router.route("/dev/mail", get(pages::mailbox::list).with_state(mailbox));
    }
    router
        .route("/assets/style.css", get(pages::style))
        .merge(operations)
        .merge(docs::router())
        .merge(community::router())
        .method_not_allowed_fallback(|| std::future::ready(envelope(&general::METHOD_NOT_ALLOWED)))
        .layer(from_fn(layers::note_route))
        .fallback(|| std::future::ready(envelope(&general::NOT_FOUND)))
        .layer(CompressionLayer::new())
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(gateway)
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    envelope(&general::INTERNAL).into_response()
}

/// What browsers on other origins may send and read.
fn cors(config: &Config) -> CorsLayer {
    let names = ["x-access-token", "x-grpc-web", "x-user-agent", "grpc-timeout", "last-event-id"];
    let known = [header::AUTHORIZATION, header::CACHE_CONTROL, header::CONTENT_TYPE, IDEMPOTENCY_KEY_HEADER];
    let sent = names.map(HeaderName::from_static).into_iter().chain(known);
    let names = ["grpc-status", "grpc-message", "grpc-status-details-bin", "x-next-cursor", REQUEST_ID_HEADER];
    let of_budgets = [community::LIMIT, community::REMAINING, community::RESET];
    let read = names.map(HeaderName::from_static).into_iter().chain([header::RETRY_AFTER, ERROR_FIELD]);
    let read = read.chain(of_budgets);
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(config.cors_origins.clone()))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(sent.collect::<Vec<_>>())
        .expose_headers(read.collect::<Vec<_>>())
        .max_age(std::time::Duration::from_hours(1))
}
