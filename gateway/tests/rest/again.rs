//! What a client is spared when a service goes away in the middle of its call.

use axum::body::Body;
use clap::{Args, Command, FromArgMatches};
use connectus_gateway::{Config, Parts, Upstreams};
use connectus_platform::service::Links;
use connectus_testkit::{Fate, Rough};
use http::{Method, Request, StatusCode, Version, header::CONTENT_TYPE};
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Asks a gateway whose services all are one that works on nothing. Returns how often that was called.
async fn calls_for(fate: Fate, request: Request<Body>) -> usize {
    let rough = Rough::start(fate).await;
    let channel = rough.channel();
    let config = Config::augment_args(Command::new("test")).get_matches_from(["test"]);
    let upstreams = Upstreams {
        auth: channel.clone(),
        account: channel.clone(),
        experience: channel.clone(),
        social: channel.clone(),
        community: channel,
    };
    let links = Links { public_url: "http://gateway.test".to_owned(), site_url: None };
    let gateway = connectus_gateway::build(Parts {
        config: Config::from_arg_matches(&config).unwrap(),
        upstreams,
        links,
        mailbox: None,
        metrics: PrometheusBuilder::new().build_recorder().handle(),
        leaving: CancellationToken::new(),
        closing: CancellationToken::new(),
    });
    let answer = gateway.oneshot(request).await.unwrap();
    assert!([StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE].contains(&answer.status()), "{answer:?}");
    rough.calls()
}

fn ask(method: Method, path: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("authorization", "Bearer a.b.c");
    request.header(CONTENT_TYPE, "application/json").body(Body::from("{}")).unwrap()
}

fn grpc(path: &str) -> Request<Body> {
    let request = Request::post(path).version(Version::HTTP_2).header(CONTENT_TYPE, "application/grpc");
    request.body(Body::from(vec![0; 5])).unwrap()
}

#[tokio::test]
async fn what_reads_is_asked_once_more_and_what_changes_something_is_not() {
    const ID: &str = "0192f0c4-7d6a-7cc0-9a3e-5a1f3c1d2e4b";
    for (calls, request) in [
        (2, ask(Method::GET, &format!("/v1/posts/{ID}"))),
        (2, ask(Method::GET, "/community/v1/tags")),
        (2, grpc("/connectus.social.v1.PostService/GetPost")),
        (1, ask(Method::DELETE, &format!("/v1/posts/{ID}"))),
        (1, ask(Method::GET, "/v1/auth/verify-email/a-token")),
        (1, grpc("/connectus.social.v1.PostService/DeletePost")),
    ] {
        let asked = format!("{} {}", request.method(), request.uri());
        assert_eq!(calls_for(Fate::Cut, request).await, calls, "{asked}");
    }
}
