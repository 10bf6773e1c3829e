//! A collector that is sent traces as OpenTelemetry defines it (OTLP over gRPC), and keeps them.

use std::net::SocketAddr;

use axum::Router;
use connectus_platform::serve::serve;
use connectus_testkit::eventually;
use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{ResourceSpans, Span as Sent, span::SpanKind, status::StatusCode},
};
use tokio::{net::TcpListener, sync::watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{Request, Response, Status, service::Routes};

/// A span, as far as it is looked at.
#[derive(Clone, Debug)]
pub(super) struct Span {
    /// The process that it is of.
    pub(super) service: String,
    pub(super) name: String,
    pub(super) kind: SpanKind,
    pub(super) trace: Vec<u8>,
    pub(super) id: Vec<u8>,
    /// The span that it is a part of; empty where it is the first of its trace.
    pub(super) parent: Vec<u8>,
    pub(super) has_failed: bool,
    attributes: Vec<KeyValue>,
}

impl Span {
    /// One of its attributes, if it is a text.
    pub(super) fn attribute(&self, key: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| attribute.key == key)?;
        match found.value.as_ref()?.value.as_ref()? {
            Value::StringValue(text) => Some(text),
            _ => None,
        }
    }
}

/// A running collector. It ends with this value.
pub(crate) struct Collector {
    address: SocketAddr,
    received: watch::Receiver<Vec<Span>>,
    _end: DropGuard,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, received) = watch::channel(Vec::new());
        let router: Router = Routes::new(TraceServiceServer::new(Receiver(sender))).into_axum_router();
        let end = CancellationToken::new();
        tokio::spawn(serve(listener, router, end.clone()));
        Self { address, received, _end: end.drop_guard() }
    }

    /// What processes are told to send their traces to it by.
    pub(crate) fn settings(&self) -> [(&'static str, String); 2] {
        let url = format!("http://{}", self.address);
        // In milliseconds: tests wait for it.
        [("OTEL_EXPORTER_OTLP_ENDPOINT", url), ("OTEL_BSP_SCHEDULE_DELAY", "50".to_owned())]
    }

    /// Everything that was received so far.
    pub(super) fn spans(&self) -> Vec<Span> {
        self.received.borrow().clone()
    }

    /// Waits for a span.
    pub(super) async fn span(&self, what: &str, wanted: impl Fn(&Span) -> bool) -> Span {
        eventually(what, async || self.received.borrow().iter().find(|span| wanted(span)).cloned()).await
    }
}

struct Receiver(watch::Sender<Vec<Span>>);

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let spans = request.into_inner().resource_spans.into_iter().flat_map(of_process);
        self.0.send_modify(|received| received.extend(spans));
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

fn of_process(spans: ResourceSpans) -> impl Iterator<Item = Span> {
    let resource = Span::new(String::new(), Sent { attributes: spans.resource.unwrap().attributes, ..Sent::default() });
    let service = resource.attribute("service.name").unwrap().to_owned();
    let spans = spans.scope_spans.into_iter().flat_map(|scope| scope.spans);
    spans.map(move |span| Span::new(service.clone(), span))
}

impl Span {
    fn new(service: String, sent: Sent) -> Self {
        Self {
            service,
            kind: sent.kind(),
            has_failed: sent.status.is_some_and(|status| status.code() == StatusCode::Error),
            name: sent.name,
            trace: sent.trace_id,
            id: sent.span_id,
            parent: sent.parent_span_id,
            attributes: sent.attributes,
        }
    }
}
