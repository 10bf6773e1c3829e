//! What a service says about itself over gRPC: its health, and its contracts.

use std::{collections::BTreeSet, time::Duration};

use connectus_platform::{
    client::Networks,
    service::{self, Resources, Service},
    store::{self, PoolOptions},
};
use connectus_testkit::{Suite, eventually, suite::pool};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::{Code, Streaming, client::Grpc, service::Routes, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_prost::ProstCodec;
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, ServerReflectionResponse, server_reflection_request::MessageRequest,
    server_reflection_response::MessageResponse,
};

use crate::{skip, suite_feed};

const AUTH: &str = "connectus.auth.v1.AuthService";

fn about(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.to_owned() }
}

async fn check(suite: &Suite, service: &str) -> Option<ServingStatus> {
    Some(HealthClient::new(suite.channel()).check(about(service)).await.ok()?.into_inner().status())
}

async fn until(suite: &Suite, service: &str, status: ServingStatus) {
    eventually(status.as_str_name(), async || (check(suite, service).await? == status).then_some(())).await;
}

#[tokio::test]
async fn each_service_says_whether_it_can_work() {
    let suite = Suite::start().await;
    for service in [AUTH, "connectus.account.v1.AccountService", "connectus.experience.v1.ExperienceService", ""] {
        until(&suite, service, ServingStatus::Serving).await;
    }
    let unknown = HealthClient::new(suite.channel()).check(about("connectus.none.v1.NoneService")).await;
    assert_eq!(unknown.unwrap_err().code(), Code::NotFound);
}

/// Forbids or allows everybody to connect to the suite's database; whoever is there is sent away.
async fn open(suite: &Suite, is_open: bool) {
    let name: String = suite.database.value("SELECT current_database()::text").await;
    // Nobody can do that to the database they are in.
    let other = suite.database.url().replacen(&name, "postgres", 1);
    let mut conn = AsyncPgConnection::establish(&other).await.unwrap();
    conn.batch_execute(&format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {is_open}")).await.unwrap();
    suite.database.cut_off().await;
}

#[tokio::test]
async fn a_watcher_is_told_of_each_change_and_of_nothing_else() {
    let suite = Suite::start().await;
    until(&suite, AUTH, ServingStatus::Serving).await;
    let mut watch = HealthClient::new(suite.channel()).watch(about(AUTH)).await.unwrap().into_inner();
    expect(&mut watch, ServingStatus::Serving).await;
    open(&suite, false).await;
    expect(&mut watch, ServingStatus::NotServing).await;
    open(&suite, true).await;
    expect(&mut watch, ServingStatus::Serving).await;
}

/// Expects one message, and no other for some seconds.
async fn expect(watch: &mut Streaming<HealthCheckResponse>, status: ServingStatus) {
    assert_eq!(watch.message().await.unwrap().unwrap().status(), status);
    for _ in 0..10 {
        skip(Duration::from_millis(300)).await;
        let more = tokio::time::timeout(Duration::from_millis(5), watch.message()).await;
        assert!(more.is_err(), "told again: {more:?}");
    }
}

#[tokio::test]
async fn a_service_that_is_about_to_stop_says_so() {
    let suite = Suite::start().await;
    let (access, _end) = suite_feed(&suite, Duration::from_secs(5));
    let resources = Resources {
        pool: pool(&suite.database, "auth"),
        access,
        identity: suite.identity.clone(),
        gateways: Networks::default(),
        leaving: CancellationToken::new(),
        closing: CancellationToken::new(),
    };
    let leaving = resources.leaving.clone();
    let (shutdown, tasks) = (CancellationToken::new(), TaskTracker::new());
    let service = Service::new(&[AUTH], Routes::default());
    let router = service::start(vec![(service, resources)], &shutdown, &tasks);
    let mut client = HealthClient::new(tower::util::MapRequest::new(router, |request: http::Request<_>| {
        request.map(axum::body::Body::new)
    }));
    eventually("it serves", async || {
        let answer = client.clone().check(about(AUTH)).await.ok()?.into_inner();
        (answer.status() == ServingStatus::Serving).then_some(())
    })
    .await;
    leaving.cancel();
    tasks.close();
    tasks.wait().await;
    assert_eq!(client.check(about(AUTH)).await.unwrap().into_inner().status(), ServingStatus::NotServing);
}

/// Asks for a reflection, in the version of the service's name.
async fn reflect(channel: Channel, version: &str, asked: MessageRequest) -> MessageResponse {
    let mut grpc = Grpc::new(channel);
    grpc.ready().await.unwrap();
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(asked) };
    let path = format!("/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo").parse().unwrap();
    let codec = ProstCodec::<ServerReflectionRequest, ServerReflectionResponse>::default();
    let requests = futures::stream::iter([request]);
    let answers = grpc.streaming(tonic::Request::new(requests), path, codec).await.unwrap();
    answers.into_inner().message().await.unwrap().unwrap().message_response.unwrap()
}

#[tokio::test]
async fn the_contracts_can_be_reflected_in_both_versions() {
    let suite = Suite::start().await;
    for version in ["v1", "v1alpha"] {
        let asked = MessageRequest::ListServices(String::new());
        let MessageResponse::ListServicesResponse(list) = reflect(suite.channel(), version, asked).await else {
            panic!("no list")
        };
        let names: BTreeSet<String> = list.service.into_iter().map(|service| service.name).collect();
        for name in [
            AUTH,
            "connectus.auth.v1.AuthInternalService",
            "connectus.account.v1.AccountService",
            "connectus.account.v1.AccountInternalService",
            "connectus.experience.v1.ExperienceService",
            "grpc.health.v1.Health",
        ] {
            assert!(names.contains(name), "{name} is not in {names:?}");
            let asked = MessageRequest::FileContainingSymbol(name.to_owned());
            let answer = reflect(suite.channel(), version, asked).await;
            assert!(matches!(answer, MessageResponse::FileDescriptorResponse(_)), "{name}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_service_whose_database_never_answers_is_not_serving() {
    let suite = Suite::start().await;
    let (access, _end) = suite_feed(&suite, Duration::from_secs(5));
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://nobody@{}/none", silent.local_addr().unwrap());
    let pool = store::pool(&PoolOptions { url, read_url: None, service: "auth", size: 1 });
    let reporter = tonic_health::server::HealthReporter::new();
    let health = tonic_health::server::HealthService::from_health_reporter(reporter.clone());
    let shutdown = CancellationToken::new();
    let _stop = shutdown.clone().drop_guard();
    tokio::spawn(connectus_platform::health::follow(reporter, &[AUTH], pool, access, shutdown));
    let client = HealthClient::new(tonic_health::pb::health_server::HealthServer::new(health));
    let asked = async || client.clone().check(about(AUTH)).await.ok().map(|answer| answer.into_inner().status());
    let told = eventually("it is known", async || {
        skip(Duration::from_millis(500)).await;
        asked().await
    });
    assert_eq!(told.await, ServingStatus::NotServing);
}
