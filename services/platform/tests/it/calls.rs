//! What surrounds each call: deadlines, request ids, panics, and how many there may be at once.

use std::time::Duration;

use connectus_platform::{peer, status};
use connectus_proto::{
    auth::v1::{PollAccessRequest, auth_internal_service_client::AuthInternalServiceClient},
    common::v1::ErrorReason,
};
use connectus_testkit::eventually;
use futures::future::join_all;
use tokio::time::Instant;
use tonic::{Code, Status};

use crate::{
    probe::{PATH, Served, ask},
    within,
};

fn what(outcome: Result<(), Status>) -> (Code, Option<ErrorReason>) {
    let status = outcome.unwrap_err();
    (status.code(), status::reason(&status))
}

const DEADLINE_EXCEEDED: (Code, Option<ErrorReason>) = (Code::DeadlineExceeded, Some(ErrorReason::DeadlineExceeded));

#[tokio::test]
async fn a_call_ends_at_the_deadline_that_its_caller_gave() {
    let probe = Served::start().await;
    for timeout in ["20m", "20000u", "0S", "1n"] {
        let began = Instant::now();
        assert_eq!(what(probe.ask(ask::HANG, &[("grpc-timeout", timeout)]).await), DEADLINE_EXCEEDED, "{timeout}");
        assert!(began.elapsed() < Duration::from_secs(2), "{timeout}");
    }
    probe.ask(ask::ANSWER, &[("grpc-timeout", "5S")]).await.unwrap();
}

#[tokio::test]
async fn no_call_takes_longer_than_ten_seconds_whatever_its_caller_allows() {
    let probe = Served::start().await;
    for headers in [&[][..], &[("grpc-timeout", "99999999H")], &[("grpc-timeout", "nonsense")]] {
        let answer = within(20, "an answer", probe.ask(ask::HANG, headers)).await;
        assert_eq!(what(answer), DEADLINE_EXCEEDED, "{headers:?}");
    }
}

#[tokio::test]
async fn a_handler_that_panics_costs_its_own_call_and_no_other() {
    let probe = Served::start().await;
    for _ in 0..3 {
        let status = probe.ask(ask::PANIC, &[]).await.unwrap_err();
        assert_eq!((status.code(), status::reason(&status)), (Code::Internal, Some(ErrorReason::Internal)));
        assert!(!format!("{status:?}").contains("as the test wants"), "{status:?}");
    }
    probe.ask(ask::ANSWER, &[]).await.unwrap();
}

#[tokio::test]
async fn past_the_bound_calls_are_refused_at_once_until_others_end() {
    let probe = Served::start().await;
    let (channel, local) = peer::local();
    local.serve(probe.router.clone());
    let call = async |cursor| {
        let outcome = AuthInternalServiceClient::new(channel.clone())
            .poll_access(PollAccessRequest { cursor, uses: Vec::new() })
            .await;
        outcome.map(drop)
    };
    let many = join_all((0..1024).map(|_| call(ask::WAIT)));
    let test = async {
        let began = Instant::now();
        let refused = call(ask::ANSWER).await.unwrap_err();
        assert_eq!(
            (refused.code(), status::reason(&refused)),
            (Code::ResourceExhausted, Some(ErrorReason::Overloaded))
        );
        assert_eq!(status::retry_after(&refused), Some(Duration::from_secs(1)));
        assert!(began.elapsed() < Duration::from_secs(1));
        let mut of_the_suite = AuthInternalServiceClient::new(channel.clone());
        let request =
            probe.identity.sign(tonic::Request::new(PollAccessRequest { cursor: ask::ANSWER, uses: Vec::new() }));
        of_the_suite.poll_access(request).await.expect("what the suite needs to go on is not refused");
        probe.shared.go_on.notify_waiters();
    };
    let (outcomes, ()) = tokio::join!(many, test);
    assert!(outcomes.iter().all(Result::is_ok));
    call(ask::ANSWER).await.unwrap();
}

#[tokio::test]
async fn a_call_carries_its_id_its_caller_and_what_is_left_of_its_time() {
    let last = Served::start().await;
    let first = Served::calling(&last).await;
    let headers = [("x-request-id", "abc-1.2_3"), ("authorization", "Bearer some.token"), ("grpc-timeout", "4S")];
    first.ask(ask::CALL_ON, &headers).await.unwrap();
    let seen = last.shared.seen.lock().unwrap().remove(0);
    assert_eq!(seen["x-request-id"], "abc-1.2_3");
    assert_eq!(seen["authorization"], "Bearer some.token");
    let left = seen["grpc-timeout"].to_str().unwrap().strip_suffix('m').unwrap().parse::<u32>().unwrap();
    assert!((1000..=4000).contains(&left), "{left} ms");
}

#[tokio::test]
async fn a_request_id_that_could_do_harm_is_replaced() {
    let last = Served::start().await;
    let first = Served::calling(&last).await;
    let (longest, too_long) = ("x".repeat(64), "x".repeat(65));
    for (id, is_kept) in [
        (longest.as_str(), true),
        (too_long.as_str(), false),
        ("", false),
        ("a b", false),
        ("<script>", false),
        ("a,b", false),
    ] {
        first.ask(ask::CALL_ON, &[("x-request-id", id)]).await.unwrap();
        let seen = last.shared.seen.lock().unwrap().remove(0);
        assert_eq!(seen["x-request-id"] == id, is_kept, "{id:?}");
        assert!(!seen["x-request-id"].is_empty());
    }
}

#[tokio::test]
async fn a_peer_that_hangs_costs_no_more_than_the_deadline() {
    let last = Served::start().await;
    let first = Served::calling(&last).await;
    let answer = first.ask(ask::CALL_ON_FOR_EVER, &[("grpc-timeout", "50m")]).await;
    assert_eq!(what(answer), DEADLINE_EXCEEDED);
}

#[tokio::test]
async fn a_peer_that_is_down_is_unavailable_and_found_again() {
    let last = Served::start().await;
    let address = last.address;
    let first = Served::calling(&last).await;
    first.ask(ask::CALL_ON, &[]).await.unwrap();
    drop(last);
    eventually("it is down", async || {
        let answer = first.ask(ask::CALL_ON, &[]).await.err()?;
        assert_eq!((answer.code(), status::reason(&answer)), (Code::Unavailable, Some(ErrorReason::Unavailable)));
        Some(())
    })
    .await;
    let back = Served::start_at(address).await;
    eventually("it is found again", async || first.ask(ask::CALL_ON, &[]).await.ok()).await;
    drop(back);
}

#[tokio::test]
async fn a_service_that_is_not_there_yet_is_unavailable() {
    let (channel, local) = peer::local();
    let call = async || {
        let request = PollAccessRequest { cursor: ask::ANSWER, uses: Vec::new() };
        AuthInternalServiceClient::new(channel.clone()).poll_access(request).await.map(drop)
    };
    assert_eq!(what(call().await), (Code::Unavailable, Some(ErrorReason::Unavailable)));
    local.serve(Served::start().await.router.clone());
    call().await.unwrap();
}

#[tokio::test]
async fn a_url_that_is_none_is_refused() {
    for url in ["", "not a url", "http://", "auth:50051", "https://auth:50051", "/auth"] {
        assert!(peer::remote(url).is_err(), "{url:?}");
    }
}

#[tokio::test]
async fn who_sends_no_token_or_one_that_cannot_be_checked_is_told_which() {
    let probe = Served::start().await;
    let missing = (Code::Unauthenticated, Some(ErrorReason::TokenMissing));
    let unknown = (Code::Unavailable, Some(ErrorReason::AccessUnknown));
    for (authorization, expected) in [
        (None, missing),
        (Some("Basic YTpi"), missing),
        (Some("Bearer "), missing),
        (Some("Bearer"), missing),
        // This service has never heard of auth.
        (Some("Bearer a.b.c"), unknown),
        (Some("bearer a.b.c"), unknown),
    ] {
        let headers: Vec<_> = authorization.iter().map(|value| ("authorization", *value)).collect();
        assert_eq!(what(probe.ask(ask::CALLER, &headers).await), expected, "{authorization:?}");
    }
}

#[tokio::test]
async fn strangers_cannot_fill_the_metrics_with_names() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let metrics = recorder.handle();
    let _local = metrics::set_default_local_recorder(&recorder);
    let probe = Served::start().await;
    probe.ask(ask::ANSWER, &[]).await.unwrap();
    let header = "eyJhbGciOiJFZERTQSIsImtpZCI6Im5vbmUifQ.e30.AAAA";
    let late = [("grpc-timeout", "1m"), ("authorization", &format!("Bearer {header}"))];
    let invented = "/connectus.auth.v1.AuthInternalService/Invented";
    assert_eq!(what(probe.call(invented, 0, &[]).await).0, Code::Unimplemented);
    assert_eq!(what(probe.call(invented, 0, &late).await).0, Code::DeadlineExceeded);
    let text = metrics.render();
    assert!(text.contains(&format!("rpc=\"{}\"", PATH.trim_start_matches('/'))), "{text}");
    assert!(!text.contains("Invented"), "{text}");
}
