//! What operators and other systems ask: liveness, readiness, metrics, and the public keys.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::State,
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use connectus_platform::{
    peer::{Channel, on_behalf},
    telemetry::{self, PrometheusHandle},
};
use connectus_proto::auth::v1::{ListSigningKeysRequest, SigningKey};
use http::{HeaderValue, StatusCode, header::CACHE_CONTROL};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

use crate::{
    client,
    failure::{envelope, general},
    upstream::{Gateway, Upstreams},
};

/// How long a service may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(2);

/// The routes for operators.
pub(crate) fn router(upstreams: Upstreams, metrics: PrometheusHandle, leaving: CancellationToken) -> Router<Gateway> {
    Router::new()
        .route("/readyz", get(readyz).with_state((upstreams, leaving.clone())))
        .merge(telemetry::router(metrics))
        // What these tell, and cost, is for those who are near.
        .layer(from_fn(client::refuse_forwarded))
        .route("/healthz", get(healthz).with_state(leaving))
        .route("/.well-known/jwks.json", get(jwks))
}

/// Whether a path is asked by those who watch over the gateway.
pub(crate) fn is_probe(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics")
}

/// The process is alive, and means to stay so: whoever spreads requests over gateways asks this, and leaves one out in time.
async fn healthz(State(leaving): State<CancellationToken>) -> Response {
    if leaving.is_cancelled() { stopping() } else { Json(json!({"status": "ok"})).into_response() }
}

/// What a gateway says that still takes requests, and soon will not.
fn stopping() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "stopping"}))).into_response()
}

/// Every service answers, and has its database.
async fn readyz(State((upstreams, leaving)): State<(Upstreams, CancellationToken)>) -> Response {
    if leaving.is_cancelled() {
        return stopping();
    }
    let checks = upstreams.public().map(|(service, channel)| tokio::spawn(check(service, channel)));
    let mut services = serde_json::Map::new();
    let mut ready = true;
    for check in checks {
        let Ok((service, serving)) = check.await else { continue };
        ready &= serving;
        services.insert(service.to_owned(), json!(if serving { "serving" } else { "not serving" }));
    }
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = if ready { "ready" } else { "not ready" };
    (status, Json(json!({"status": word, "services": services}))).into_response()
}

async fn check(service: &'static str, channel: Channel) -> (&'static str, bool) {
    let mut client = HealthClient::new(channel);
    let asked = client.check(HealthCheckRequest { service: service.to_owned() });
    let serving = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(response)) => response.into_inner().status() == ServingStatus::Serving,
        Ok(Err(_)) | Err(_) => false,
    };
    (service, serving)
}

/// The public keys as a JWK set (RFC 7517, RFC 8037).
async fn jwks(State(gateway): State<Gateway>) -> Response {
    match gateway.auth().list_signing_keys(on_behalf(ListSigningKeysRequest {})).await {
        Ok(response) => {
            let keys: Vec<Value> = response.into_inner().keys.iter().map(jwk).collect();
            let cache = HeaderValue::from_static("public, max-age=5");
            ([(CACHE_CONTROL, cache)], Json(json!({"keys": keys}))).into_response()
        }
        Err(status) => {
            tracing::warn!(code = ?status.code(), "the keys cannot be had");
            envelope(&general::INTERNAL)
        }
    }
}

fn jwk(key: &SigningKey) -> Value {
    let x = BASE64_URL_SAFE_NO_PAD.encode(&key.public_key);
    json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key.key_id, "x": x})
}
