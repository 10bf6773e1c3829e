//! gRPC and grpc-web for browsers and others outside, passed through to the services by path without being decoded.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
    routing::any,
};
use connectus_platform::{identity::SERVICE_IDENTITY_HEADER, peer::Channel};
use http::{HeaderMap, header::CONTENT_TYPE};
use tonic::Status;
use tonic_web::GrpcWebLayer;
use tower::ServiceExt;

use crate::upstream::Upstreams;

/// Whether a request speaks gRPC or grpc-web.
pub(crate) fn is_grpc(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}

/// Serves the public services, and no others.
pub(crate) fn router(upstreams: &Upstreams) -> Router {
    let mut router = Router::new();
    for (service, channel) in upstreams.public() {
        router = router.route(&format!("/{service}/{{method}}"), any(forward).with_state(channel));
    }
    router.fallback(unknown).layer(GrpcWebLayer::new())
}

/// The answer to a gRPC call that the gateway refuses itself.
pub(crate) fn refuse(status: Status) -> Response {
    status.into_http()
}

async fn unknown() -> Response {
    refuse(Status::unimplemented("there is no such rpc"))
}

async fn forward(State(channel): State<Channel>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    // Nobody outside is a service of the suite.
    parts.headers.remove(SERVICE_IDENTITY_HEADER);
    // As a stream, the body does not claim a length, which grpc-web-text gets wrong when it is decoded.
    let body = tonic::body::Body::new(Body::from_stream(body.into_data_stream()));
    match channel.oneshot(http::Request::from_parts(parts, body)).await {
        Ok(response) => response.map(Body::new),
        Err(status) => refuse(status),
    }
}
