//! gRPC and grpc-web for browsers and others outside, passed through to the services by path without being decoded.

use std::convert::identity;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
    routing::any,
};
use connectus_platform::{context, idempotency::IDEMPOTENCY_KEY_HEADER, peer::Channel};
use http::{
    Extensions, HeaderMap, HeaderValue,
    header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, TE, USER_AGENT},
};
use http_body_util::BodyExt;
use tonic::Status;
use tonic_web::GrpcWebLayer;
use tower::ServiceExt;

use crate::{streams::Streams, upstream::Upstreams};

/// How every content type of gRPC and grpc-web begins.
const GRPC: &[u8] = b"application/grpc";

/// The content type of a request that speaks gRPC or grpc-web. Nothing under `/v1` does, whatever it says.
pub(crate) fn content_type(request: &Request) -> Option<HeaderValue> {
    let content_type = request.headers().get(CONTENT_TYPE).filter(|value| value.as_bytes().starts_with(GRPC));
    content_type.filter(|_| !request.uri().path().starts_with("/v1/")).cloned()
}

/// Serves the public services, and no others.
pub(crate) fn router(upstreams: &Upstreams, streams: &Streams) -> Router {
    let mut router = Router::new();
    for (service, channel) in upstreams.public() {
        router = router.route(&format!("/{service}/{{method}}"), any(forward).with_state((channel, streams.clone())));
    }
    router.fallback(unknown).layer(GrpcWebLayer::new())
}

/// The answer to a gRPC call that is refused before it reaches the services. It has the call's content type: a client of
/// grpc-web reads no other.
pub(crate) fn refuse(status: Status, content_type: HeaderValue) -> Response {
    let mut response: Response = status.into_http();
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

async fn unknown() -> Response {
    Status::unimplemented("there is no such rpc").into_http()
}

async fn forward(State((channel, streams)): State<(Channel, Streams)>, request: Request) -> Response {
    if !context::is_streaming(request.uri().path()) {
        return pass_on(channel, request).await;
    }
    match streams.place() {
        Ok(place) => place.kept_by(pass_on(channel, request).await),
        Err(status) => status.into_http(),
    }
}

async fn pass_on(channel: Channel, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    parts.headers = passed_on(&parts.headers);
    // The call is the gateway's own: a service in this process must not take the client's connection for its peer.
    parts.extensions = Extensions::new();
    // As a stream, the body does not claim a length, which grpc-web-text gets wrong when it is decoded.
    let body = tonic::body::Body::new(Body::from_stream(body.into_data_stream()));
    match channel.oneshot(http::Request::from_parts(parts, body)).await {
        Ok(mut response) => {
            // grpc-web has the trailers in the body, which is longer then than the service says: they would be cut off.
            response.headers_mut().remove(CONTENT_LENGTH);
            response.map(|body| Body::new(body.map_frame(identity)))
        }
        Err(status) => status.into_http(),
    }
}

/// The headers that a service has a use for. No other is passed on: nobody outside is a service of the suite or somebody
/// else, whatever they say, and a client's freight is not for the connection that everybody's calls share.
fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let known = [AUTHORIZATION, CONTENT_TYPE, IDEMPOTENCY_KEY_HEADER, TE, USER_AGENT];
    let passed = headers.iter().filter(|(name, _)| known.contains(name) || name.as_str().starts_with("grpc-"));
    passed.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::{net::SocketAddr, num::NonZeroU16};

    use axum::{Extension, extract::ConnectInfo};
    use connectus_platform::peer;
    use http::Version;

    use super::*;

    #[tokio::test]
    async fn a_service_in_this_process_does_not_take_the_client_for_its_peer() {
        let (channel, services) = peer::local();
        let name_peer = async |peer: Option<Extension<ConnectInfo<SocketAddr>>>| format!("{peer:?}");
        services.serve(Router::new().fallback(name_peer));
        let upstreams = Upstreams {
            auth: channel.clone(),
            account: channel.clone(),
            experience: channel.clone(),
            social: channel.clone(),
            community: channel,
        };
        let request = Request::post("/connectus.auth.v1.AuthService/Login").header(CONTENT_TYPE, "application/grpc");
        let request = request.version(Version::HTTP_2).extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 1))));
        let response = router(&upstreams, &Streams::new(NonZeroU16::MIN))
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        let named = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        assert_eq!(named, "None");
    }
}
