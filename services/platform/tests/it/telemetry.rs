//! Logs and metrics, and settings of them that are wrong.

use std::process::Command;

use connectus_platform::telemetry::{LogFormat, init};
use serde_json::{Value, json};

#[tokio::test]
async fn a_filter_that_is_not_understood_is_named() {
    for filter in ["connectus=loud", "info,=debug=", "[", "a=b=c"] {
        for format in [LogFormat::Pretty, LogFormat::Json] {
            let error = init(filter, format).map(drop).expect_err(filter).to_string();
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
    let test = "telemetry::logs_are_lines_of_json_and_metrics_have_buckets";
    let mut process = Command::new(std::env::current_exe().unwrap());
    let output = process.args(["--exact", test, "--nocapture"]).env(IN_A_PROCESS, "1").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [line] = &lines[..] else { panic!("{said}") };
    assert_eq!((&line["level"], &line["message"], &line["answer"]), (&json!("INFO"), &json!("heard"), &json!(42)));
}

fn log_and_measure() {
    let metrics = init("warn,it=info", LogFormat::Json).unwrap();
    tracing::info!(answer = 42, "heard");
    tracing::debug!("not heard");
    tracing::info!(target: "another", "not heard");
    metrics::histogram!("test_seconds").record(0.003);
    let text = metrics.render();
    for line in ["test_seconds_bucket{le=\"0.0025\"} 0", "test_seconds_bucket{le=\"0.005\"} 1", "test_seconds_count 1"]
    {
        assert!(text.contains(line), "{text}");
    }
    let again = init("info", LogFormat::Json).map(drop).unwrap_err().to_string();
    assert!(again.starts_with("cannot set up logging: "), "{again}");
}
