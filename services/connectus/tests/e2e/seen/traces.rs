//! One trace, from a request to the mail that it causes, over every process on the way.

use connectus_testkit::{Database, MailServer};
use nix::sys::signal::Signal;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use reqwest::Method;
use serde_json::json;

use super::collector::{Collector, Span};
use crate::{
    contract::world::{experience, experience_body, member, user_body},
    process::free_address,
    topology::{Suite, Topology},
};

/// The address of the receiver of a mail.
const BOSS: &str = "boss@example.org";
const TRACE: &str = "0123456789abcdef0123456789abcdef";

async fn start(topology: Topology, collector: &Collector, database: &Database, mail: &MailServer) -> Suite {
    let settings = collector.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    topology.start_with(database, mail, &settings).await
}

#[tokio::test]
async fn one_trace_leads_from_a_request_to_its_mail_over_all_processes() {
    let (database, mail, collector) = (Database::new().await, MailServer::start().await, Collector::start().await);
    let suite = start(Topology::Apart, &collector, &database, &mail).await;
    let ann = member(&suite.api, &mail, "Ann").await;
    experience(&suite.api, &ann, json!({"organization": BOSS, "email_verify": true})).await;
    mail.next(BOSS).await;

    let sent = collector.span("a mail is sent", |span| of(span, "experience", "mail")).await;
    let request =
        collector.span("it began at the gateway", |span| span.trace == sent.trace && span.parent.is_empty()).await;
    assert_eq!((request.service.as_str(), request.name.as_str()), ("connectus-gateway", "POST /v1/experiences"));
    assert_eq!(request.kind, SpanKind::Server);
    let chain = ancestry(&collector, &sent).await;
    let names: Vec<_> = chain.iter().map(|span| (span.service.as_str(), span.name.as_str(), span.kind)).collect();
    let rpc = "connectus.experience.v1.ExperienceService/CreateExperience";
    assert_eq!(
        names,
        [
            ("connectus-experience", "mail", SpanKind::Client),
            ("connectus-experience", "approval_mail", SpanKind::Consumer),
            ("connectus-experience", rpc, SpanKind::Server),
            ("connectus-gateway", rpc, SpanKind::Client),
            ("connectus-gateway", "POST /v1/experiences", SpanKind::Server),
        ]
    );
    // What the message says is written within the rpc, and with it.
    let is_insert = |span: &Span| {
        span.trace == sent.trace && span.parent == chain[2].id && span.name == "INSERT" && text(span).contains("outbox")
    };
    collector.span("the message is written", is_insert).await;
    // The worker asks account who it is that wants to know.
    let is_account = |span: &Span| span.service == "connectus-account" && span.kind == SpanKind::Server;
    collector.span("account has a part in it", |span| span.trace == sent.trace && is_account(span)).await;
}

#[tokio::test]
async fn in_one_process_it_is_one_trace_too() {
    let (database, mail, collector) = (Database::new().await, MailServer::start().await, Collector::start().await);
    let suite = start(Topology::Together, &collector, &database, &mail).await;
    suite.api.post("/v1/auth/register", None, &user_body("ann@example.org")).await.ok();
    mail.next("ann@example.org").await;
    let sent = collector.span("a mail is sent", |span| of(span, "all", "mail")).await;
    let chain = ancestry(&collector, &sent).await;
    assert_eq!(chain.last().unwrap().name, "POST /v1/auth/register");
}

#[tokio::test]
async fn what_fails_by_our_fault_is_marked_and_what_is_refused_is_not() {
    let (database, mail, collector) = (Database::new().await, MailServer::start().await, Collector::start().await);
    let suite = start(Topology::Apart, &collector, &database, &mail).await;
    assert_eq!(suite.api.get("/v1/accounts/nobody", None).await.status, 404);
    database.execute("ALTER TABLE account.accounts RENAME TO hidden").await;
    let path = "/v1/accounts/01890000-0000-7000-8000-000000000000";
    assert_eq!(suite.api.get(path, None).await.status, 500);
    let of_route = |span: &Span| span.service == "connectus-gateway" && span.name == "GET /v1/accounts/{id}";
    let request = collector.span("the request failed", |span| span.has_failed && of_route(span)).await;
    let statement = |span: &Span| span.has_failed && span.service == "connectus-account" && span.name == "WITH";
    assert_eq!(collector.span("its statement failed", statement).await.trace, request.trace);
    let refused = |span: &Span| of_route(span) && !span.has_failed;
    assert_ne!(collector.span("the other was refused", refused).await.trace, request.trace);
}

#[tokio::test]
async fn only_a_trusted_proxy_says_which_trace_a_request_is_part_of() {
    let (database, mail, collector) = (Database::new().await, MailServer::start().await, Collector::start().await);
    let settings = collector.settings();
    let mut settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let is_ours = |span: &Span| span.trace == hex(TRACE);
    let traced = async |suite: &Suite| {
        let request = suite.api.request(Method::GET, "/v1/accounts/nobody");
        let request = request.header("traceparent", format!("00-{TRACE}-0123456789abcdef-01"));
        assert_eq!(request.send().await.unwrap().status(), 404);
    };
    let suite = Topology::Apart.start_with(&database, &mail, &settings).await;
    traced(&suite).await;
    collector.span("a request is told", |span| span.name == "GET /v1/accounts/{id}").await;
    assert!(!collector.spans().iter().any(is_ours));
    settings.push(("CONNECTUS_TRUSTED_PROXIES", "127.0.0.1"));
    let suite = Topology::Apart.start_with(&database, &mail, &settings).await;
    traced(&suite).await;
    let parent = hex("0123456789abcdef");
    collector.span("the request is part of it", |span| is_ours(span) && span.parent == parent).await;
}

#[tokio::test]
async fn a_collector_that_is_away_is_in_nobodys_way() {
    let (database, mail) = (Database::new().await, MailServer::start().await);
    let nowhere = format!("http://{}", free_address());
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", nowhere.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
    let mut suite = Topology::Apart.start_with(&database, &mail, &settings).await;
    let ann = member(&suite.api, &mail, "Ann").await;
    let body = experience_body(&json!({"email_verify": false}));
    suite.api.post("/v1/experiences", Some(&ann.token), &body).await.ok();
    for role in ["gateway", "experience"] {
        suite.role(role).signal(Signal::SIGTERM);
        assert!(suite.role_mut(role).ended().await.success());
    }
}

fn of(span: &Span, role: &str, name: &str) -> bool {
    span.service == format!("connectus-{role}") && span.name == name
}

fn text(span: &Span) -> &str {
    span.attribute("db.query.text").unwrap_or_default()
}

/// A span, what it is part of, and so on up to the first of its trace.
async fn ancestry(collector: &Collector, span: &Span) -> Vec<Span> {
    let mut chain = vec![span.clone()];
    while let Some(last) = chain.last().filter(|span| !span.parent.is_empty()).cloned() {
        let is_parent = |span: &Span| span.trace == last.trace && span.id == last.parent;
        chain.push(collector.span("what a span is part of", is_parent).await);
    }
    chain
}

fn hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
