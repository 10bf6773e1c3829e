//! Logs, metrics and traces.

mod help;
mod process;
pub mod traces;

use std::{io::IsTerminal, time::Duration};

use axum::{Router, routing::get};
use clap::ValueEnum;
use http::{HeaderValue, header::CONTENT_TYPE};
pub use metrics_exporter_prometheus::PrometheusHandle;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};
use opentelemetry_otlp::ExporterBuildError;
use traces::Collector;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, LevelFilter, filter_fn},
    fmt,
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

/// The upper bounds of the buckets of every duration, in seconds.
const DURATION_BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// How often what was measured is summed up, and the process measured; until then every single value is kept.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// How log lines look.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// Why logging, metrics or traces could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not understood.
    #[error("CONNECTUS_LOG is not understood: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The metrics could not be set up.
    #[error("cannot set up metrics: {0}")]
    Metrics(#[from] BuildError),
    /// Traces could not be set up.
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT is not understood: {0}")]
    Traces(#[from] ExporterBuildError),
    /// It was set up before.
    #[error("cannot set up logging: {0}")]
    Logging(#[from] tracing_subscriber::util::TryInitError),
}

/// Sets up logs on standard error, by a filter such as `info,connectus=debug`, traces, if there is a collector for them, and metrics,
/// which the handle renders in Prometheus' text format. It takes a runtime, which sums up what was measured.
pub fn init(
    filter: &str,
    format: LogFormat,
    collector: Option<Collector<'_>>,
) -> Result<PrometheusHandle, TelemetryError> {
    let (registry, filter) = (tracing_subscriber::registry(), EnvFilter::try_new(filter)?);
    match collector {
        // What filters all that there is costs less than what filters for one of several.
        None => registry.with(filter).with(filter_fn(may_be_logged)).with(lines(format)).try_init()?,
        Some(collector) => {
            let lines = lines(format).with_filter(filter.and(filter_fn(may_be_logged)));
            registry.with(lines).with(traces::layer(collector)?).try_init()?;
        }
    }
    let durations = Matcher::Suffix("_seconds".to_owned());
    let metrics = PrometheusBuilder::new().set_buckets_for_metric(durations, &DURATION_BUCKETS)?.install_recorder()?;
    help::describe();
    metrics::gauge!("connectus_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    tokio::spawn(keep_up(metrics.clone()));
    Ok(metrics)
}

/// What writes a line of the log for each event.
fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Pretty => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    }
}

/// Libraries log, where they are asked for every detail, what people send: of them there is no more than warnings and facts.
fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= LevelFilter::INFO || metadata.target().starts_with("connectus")
}

async fn keep_up(metrics: PrometheusHandle) {
    process::note_start();
    loop {
        process::measure();
        tokio::time::sleep(UPKEEP_INTERVAL).await;
        metrics.run_upkeep();
    }
}

/// Serves the metrics at `/metrics`, in Prometheus' text format.
pub fn router<S: Clone + Send + Sync + 'static>(metrics: PrometheusHandle) -> Router<S> {
    let content_type = HeaderValue::from_static("text/plain; version=0.0.4");
    Router::new()
        .route("/metrics", get(move || std::future::ready(([(CONTENT_TYPE, content_type.clone())], metrics.render()))))
}
