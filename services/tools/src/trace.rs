//! One span per call, in the words of OpenTelemetry's conventions for generative AI. The text of
//! arguments and results is never in it.

use opentelemetry::{global, propagation::Extractor, trace::TraceContextExt};
use rmcp::model::RequestMetaObject;
use tracing::{Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::outcome::Code;

/// The span of a call: a child of the caller's, where its `_meta` says which (W3C Trace Context),
/// else of `around`.
pub(crate) fn execute_tool(tool: &'static str, meta: &RequestMetaObject, around: &Span) -> Span {
    let span = tracing::info_span!(
        parent: around,
        "execute_tool",
        otel.name = format!("execute_tool {tool}"),
        otel.status_code = Empty,
        gen_ai.operation.name = "execute_tool",
        gen_ai.tool.name = tool,
        error.type = Empty,
    );
    let caller = global::get_text_map_propagator(|propagator| propagator.extract(&Meta(meta)));
    if caller.span().span_context().is_valid() {
        // Fails where no exporter is set up; then there is no trace to join either.
        let _ = span.set_parent(caller);
    }
    span
}

/// Notes on the span that the tool has not done what was asked.
pub(crate) fn refused(span: &Span, code: Code) {
    span.record("error.type", format!("{code:?}"));
    if code == Code::DbError {
        span.record("otel.status_code", "ERROR");
    }
}

struct Meta<'a>(&'a RequestMetaObject);

impl Extractor for Meta<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}
