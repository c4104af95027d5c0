//! A collector of traces that keeps what it is sent: OTLP over gRPC on a free port.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    common::v1::any_value::Value,
    trace::v1::Span,
};
use tonic::{Request, Response, Status, service::Routes};

/// A running collector.
#[derive(Debug, Clone)]
pub struct Collector {
    spans: Arc<Mutex<Vec<Collected>>>,
    /// Where it listens.
    pub address: SocketAddr,
}

/// A span as it arrived.
#[derive(Debug, Clone)]
pub struct Collected {
    /// Its trace, in hexadecimal.
    pub trace: String,
    /// Its id, in hexadecimal.
    pub id: String,
    /// The id of its parent; empty for a root.
    pub parent: String,
    /// Its name.
    pub name: String,
    /// Name, attributes and events as one text, to be searched.
    pub text: String,
}

impl Collector {
    /// Starts it.
    pub async fn start() -> Self {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = socket.local_addr().expect("a bound socket");
        let collector = Self {
            spans: Arc::default(),
            address,
        };
        let routes = Routes::new(TraceServiceServer::new(collector.clone())).into_axum_router();
        tokio::spawn(async move { axum::serve(socket, routes).await });
        collector
    }

    /// Everything that has arrived.
    pub fn spans(&self) -> Vec<Collected> {
        self.spans
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What belongs to one trace.
    pub fn trace(&self, id: &str) -> Vec<Collected> {
        let spans = self.spans().into_iter();
        spans.filter(|span| span.trace == id).collect()
    }
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let resources = request.into_inner().resource_spans.into_iter();
        let spans = resources
            .flat_map(|resource| resource.scope_spans)
            .flat_map(|scope| scope.spans)
            .map(Collected::from);
        self.spans
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(spans);
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

impl From<Span> for Collected {
    fn from(span: Span) -> Self {
        let events = span.events.iter().flat_map(|event| &event.attributes);
        let values = span.attributes.iter().chain(events).map(|attribute| {
            let value = attribute
                .value
                .as_ref()
                .and_then(|value| value.value.as_ref());
            let value = match value {
                Some(Value::StringValue(text)) => text.clone(),
                other => format!("{other:?}"),
            };
            format!("{}={value}", attribute.key)
        });
        let names = span.events.iter().map(|event| event.name.clone());
        let text: Vec<String> = names.chain(values).collect();
        Self {
            trace: hex(&span.trace_id),
            id: hex(&span.span_id),
            parent: hex(&span.parent_span_id),
            text: format!("{} {}", span.name, text.join(" ")),
            name: span.name,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
