//! Logs and metrics, and settings of them that are wrong.

use std::process::Command;

use connectus_platform::{
    peer,
    telemetry::{LogFormat, init},
};
use connectus_proto::auth::v1::{PollAccessRequest, auth_internal_service_client::AuthInternalServiceClient};
use connectus_testkit::eventually;
use serde_json::{Value, json};

use crate::probe::Served;

#[tokio::test]
async fn a_filter_that_is_not_understood_is_named() {
    for filter in ["connectus=loud", "info,=debug=", "[", "a=b=c"] {
        for format in [LogFormat::Pretty, LogFormat::Json] {
            let error = init(filter, format, None).map(drop).expect_err(filter).to_string();
            assert!(error.starts_with("CONNECTUS_LOG is not understood: "), "{filter}: {error}");
        }
    }
}

/// Logs and metrics belong to a whole process: this runs in one of its own.
const IN_A_PROCESS: &str = "CONNECTUS_TEST_TELEMETRY";

#[tokio::test]
async fn logs_are_lines_of_json_and_metrics_have_buckets() {
    if std::env::var_os(IN_A_PROCESS).is_some() {
        return log_and_measure();
    }
    let lines = logged_by("telemetry::logs_are_lines_of_json_and_metrics_have_buckets");
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((&line["level"], &line["message"], &line["answer"]), (&json!("INFO"), &json!("heard"), &json!(42)));
}

/// Runs a test in a process of its own, and returns the lines that it logs.
fn logged_by(test: &str) -> Vec<Value> {
    let mut process = Command::new(std::env::current_exe().unwrap());
    let output = process.args(["--exact", test, "--nocapture"]).env(IN_A_PROCESS, "1").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn log_and_measure() {
    let metrics = init("warn,it=info", LogFormat::Json, None).unwrap();
    tracing::info!(answer = 42, "heard");
    tracing::debug!("not heard");
    tracing::info!(target: "another", "not heard");
    metrics::histogram!("test_seconds").record(0.003);
    let text = metrics.render();
    let lines = [
        "test_seconds_bucket{le=\"0.0025\"} 0",
        "test_seconds_bucket{le=\"0.005\"} 1",
        "test_seconds_count 1",
        "# HELP connectus_outbox_dead_total Messages that were put aside, since they cannot be delivered.",
        "connectus_outbox_dead_total 0",
    ];
    for line in lines {
        assert!(text.contains(line), "{text}");
    }
    let again = init("info", LogFormat::Json, None).map(drop).unwrap_err().to_string();
    assert!(again.starts_with("cannot set up logging: "), "{again}");
}

#[tokio::test]
async fn a_service_that_is_away_is_told_of_once_until_it_is_back() {
    if std::env::var_os(IN_A_PROCESS).is_some() {
        return call_one_that_comes_and_goes().await;
    }
    let lines = logged_by("telemetry::a_service_that_is_away_is_told_of_once_until_it_is_back");
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| line["message"] == "a service does not answer"), "{lines:?}");
}

async fn call_one_that_comes_and_goes() {
    init("warn", LogFormat::Json, None).unwrap();
    let served = Served::start().await;
    let (address, channel) = (served.address, peer::remote(&served.url()).unwrap());
    let call = async || AuthInternalServiceClient::new(channel.clone()).poll_access(PollAccessRequest::default()).await;
    let is_away = async |times| {
        for _ in 0..times {
            eventually("it is away", async || call().await.err()).await;
        }
    };
    drop(served);
    is_away(5).await;
    let back = Served::start_at(address).await;
    eventually("it is back", async || call().await.ok()).await;
    drop(back);
    is_away(5).await;
}
