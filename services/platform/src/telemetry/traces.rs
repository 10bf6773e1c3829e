//! Traces: what a request led to in every process and statement, sent to an OpenTelemetry collector.
//!
//! A trace begins at the gateway, goes with calls by their headers and with messages by their row (W3C Trace Context), and has a
//! span for each request, call, rpc, statement, message and mail. None of them has personal data: of a statement there is the
//! text, and not the values.

use std::{env, sync::OnceLock, time::Duration};

use diesel::connection::{DebugQuery, Instrumentation, InstrumentationEvent, set_default_instrumentation};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use opentelemetry::{
    propagation::TextMapPropagator,
    trace::{TraceContextExt, TracerProvider},
};
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use tracing::{Metadata, Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{
    Layer,
    filter::{FilterExt, LevelFilter, filter_fn},
    registry::LookupSpan,
};
use uuid::Uuid;

/// The header that carries a trace.
pub const TRACE_HEADER: HeaderName = HeaderName::from_static("traceparent");
/// The header that carries what a vendor adds to it.
pub const TRACE_STATE_HEADER: HeaderName = HeaderName::from_static("tracestate");

/// What the collector may still take when the process ends.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);
/// What stands between the text of a statement and its values, which are not told.
const VALUES: &str = " -- binds:";
/// The longest text of a statement that is told, in bytes.
const LONGEST_TEXT: usize = 2000;

/// The codes of gRPC that are a server's fault: unknown, deadline exceeded, unimplemented, internal, unavailable, data loss.
const SERVERS_FAULTS: [&str; 6] = ["2", "4", "12", "13", "14", "15"];

/// What sends traces, if they are sent.
static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Where a role sends its traces.
#[derive(Clone, Copy, Debug)]
pub struct Collector<'a> {
    /// The URL of an OpenTelemetry collector, which is spoken to by gRPC.
    pub url: &'a str,
    /// The role, which names the process there, unless `OTEL_SERVICE_NAME` does.
    pub role: &'a str,
    /// Which part of the traces that begin here is sent, from 0 to 1. Others are where their first part is.
    pub ratio: f64,
}

/// Sends traces from now on. It takes a runtime.
pub(super) fn layer<S>(
    Collector { url, role, ratio }: Collector<'_>,
) -> Result<impl Layer<S> + use<S>, ExporterBuildError>
where
    S: tracing::Subscriber + for<'span> LookupSpan<'span>,
{
    let exporter = SpanExporter::builder().with_tonic().with_endpoint(url).build()?;
    let mut resource = Resource::builder();
    if env::var_os("OTEL_SERVICE_NAME").is_none() {
        resource = resource.with_service_name(format!("connectus-{role}"));
    }
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio)));
    let provider = SdkTracerProvider::builder().with_sampler(sampler).with_resource(resource.build());
    let provider = provider.with_batch_exporter(exporter).build();
    let tracer = provider.tracer("connectus");
    let _ = PROVIDER.set(provider);
    // It fails where one was set already, which only this function does.
    let _ = set_default_instrumentation(|| Some(Box::<Statements>::default()));
    let layer = tracing_opentelemetry::layer().with_tracer(tracer).with_context_activation(false);
    let layer = layer.with_location(false).with_threads(false).with_target(false).with_tracked_inactivity(false);
    Ok(layer.with_filter(filter_fn(is_ours).and(LevelFilter::DEBUG)))
}

/// Whether a span is one of those that traces are made of. Libraries have others, which tell more than they should.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with("connectus")
}

/// Sends what was not sent yet, for at most two seconds.
pub async fn flush() {
    if let Some(provider) = PROVIDER.get() {
        let ended = tokio::task::spawn_blocking(|| provider.shutdown_with_timeout(FLUSH_TIMEOUT)).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!("the last traces were not sent");
        }
    }
}

/// Adds the trace of the span in hand to a call's headers.
pub(crate) fn carry_on(headers: &mut HeaderMap) {
    if PROVIDER.get().is_some() {
        TraceContextPropagator::new().inject_context(&Span::current().context(), &mut HeaderInjector(headers));
    }
}

/// Makes a span, which nothing was recorded in yet, part of the trace that a call came with, if it came with one.
pub fn continue_in(span: &Span, headers: &HeaderMap) {
    if PROVIDER.get().is_some() {
        // It fails for a span that is not recorded at all.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&HeaderExtractor(headers)));
    }
}

/// The trace of the span in hand, as a header has it.
pub(crate) fn current() -> Option<String> {
    let mut headers = HeaderMap::new();
    carry_on(&mut headers);
    headers.get(TRACE_HEADER)?.to_str().ok().map(str::to_owned)
}

/// The same as [`continue_in`], with the trace that a message was written with.
pub(crate) fn continue_with(span: &Span, traceparent: Option<&str>) {
    let value = traceparent.and_then(|traceparent| HeaderValue::from_str(traceparent).ok());
    continue_in(span, &value.map(|value| (TRACE_HEADER, value)).into_iter().collect());
}

/// The span of an rpc. It is always there, also where only errors are logged: each line of it says which request it is about.
pub(crate) fn rpc(rpc: &str, request_id: &HeaderValue) -> Span {
    tracing::error_span!("rpc", rpc, request_id = text(request_id), otel.kind = "server", otel.status_code = Empty)
}

/// Records what an rpc was answered with.
pub(crate) fn note_rpc(span: &Span, rpc: &'static str, code: &str) {
    if PROVIDER.get().is_none() {
        return;
    }
    name(span, rpc.to_owned());
    span.set_attribute("rpc.system.name", "grpc");
    span.set_attribute("rpc.response.status_code", code.to_owned());
    if SERVERS_FAULTS.contains(&code) {
        note_failure(span);
    }
}

/// The span of a request to the gateway. It is always there, as that of an rpc.
#[must_use]
pub fn request(method: &Method, request_id: &HeaderValue) -> Span {
    tracing::error_span!("request", %method, request_id = text(request_id), otel.kind = "server",
        otel.status_code = Empty)
}

/// Records what a request was answered with.
pub fn note_request(span: &Span, method: &str, route: &str, status: u16) {
    if PROVIDER.get().is_none() {
        return;
    }
    name(span, format!("{method} {route}"));
    span.set_attribute("http.route", route.to_owned());
    span.set_attribute("http.response.status_code", i64::from(status));
    if status >= 500 {
        note_failure(span);
    }
}

/// The span of a message's delivery, part of the trace of the request that caused it.
pub(crate) fn message(id: Uuid, kind: &str, traceparent: Option<&str>) -> Span {
    let span = tracing::error_span!("message", %id, kind, otel.kind = "consumer", otel.name = kind);
    continue_with(&span, traceparent);
    span
}

/// The span of a call to a service, where it is part of something: that workers ask for news is no trace.
pub(crate) fn call(path: &str) -> Span {
    if Span::current().is_none() {
        return Span::none();
    }
    tracing::debug_span!(
        "call",
        otel.kind = "client",
        otel.name = path.trim_start_matches('/'),
        rpc.system.name = "grpc"
    )
}

/// The span of a mail on its way to the mail server.
pub(crate) fn mail() -> Span {
    tracing::debug_span!("mail", otel.kind = "client", network.protocol.name = "smtp")
}

/// Names a span in its trace by what lines of the log have in another field.
fn name(span: &Span, name: String) {
    span.context().span().update_name(name);
}

/// Records in a span that its work failed by our fault, as OpenTelemetry names it.
fn note_failure(span: &Span) {
    span.record("otel.status_code", "ERROR");
}

/// The span of a connection's statement. Of several that are sent together it tells the last.
#[derive(Default)]
struct Statements(Option<Span>);

impl Instrumentation for Statements {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            // A statement that was given up, of which no end was told, ends here at the latest.
            InstrumentationEvent::StartQuery { query, .. } => self.0 = Some(statement(query)),
            InstrumentationEvent::FinishQuery { error, .. } => {
                if let Some(span) = self.0.take()
                    && error.is_some()
                {
                    note_failure(&span);
                }
            }
            _ => {}
        }
    }
}

/// The span of a statement, where it is part of something: that workers look for work is no trace.
fn statement(query: &dyn DebugQuery) -> Span {
    if Span::current().is_none() {
        return Span::none();
    }
    let text = without_values(query.to_string());
    let verb = text.split_whitespace().next().unwrap_or_default();
    tracing::debug_span!(
        "sql",
        otel.kind = "client",
        otel.name = verb,
        otel.status_code = Empty,
        db.system.name = "postgresql",
        db.query.text = text
    )
}

/// A request id, which is a sane one.
fn text(request_id: &HeaderValue) -> &str {
    request_id.to_str().unwrap_or_default()
}

fn without_values(mut text: String) -> String {
    let end = text.find(VALUES).unwrap_or(text.len()).min(LONGEST_TEXT);
    text.truncate(text.floor_char_boundary(end));
    text
}

#[cfg(test)]
mod tests {
    use diesel::{debug_query, pg::Pg, sql_types::Text};

    use super::*;

    #[test]
    fn the_values_of_a_statement_are_not_told() {
        let query = diesel::sql_query("SELECT $1").bind::<Text, _>("ann@example.org -- binds: [");
        let text = without_values(debug_query::<Pg, _>(&query).to_string());
        assert_eq!(text, "SELECT $1");
        assert_eq!(without_values("é".repeat(LONGEST_TEXT)).len(), LONGEST_TEXT);
    }
}
