//! Logs on standard error, and traces by OTLP where an endpoint is set.

mod line;

use std::io::IsTerminal;

use anyhow::Context;
use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tracing_subscriber::{
    EnvFilter, Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::config::{Config, LogFormat};

/// Logged when nothing is said: our own lines and everybody's warnings.
const DEFAULT_FILTER: &str = "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn,rmcp=warn,h2=warn";

/// What has to be flushed at the end.
#[derive(Debug)]
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

/// Sets logging and tracing up for the whole process; once.
///
/// # Errors
/// A filter that cannot be read, an exporter that cannot be built, or a second call.
pub fn init(config: &Config) -> anyhow::Result<Telemetry> {
    let filter = config.log.filter.as_deref().unwrap_or(DEFAULT_FILTER);
    let filter = EnvFilter::try_new(filter).context("log.filter cannot be read")?;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let lines = match config.log.format {
        LogFormat::Pretty => lines.event_format(line::ShortLine).boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .boxed(),
    };
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let traces = config
        .telemetry
        .otlp_endpoint
        .as_deref()
        .map(|endpoint| exporter(config, endpoint))
        .transpose()?;
    let spans = traces.as_ref().map(|provider| {
        // Not the exporter's own connection, or every export would cause the next.
        let ours = Targets::new()
            .with_target("taskchat", tracing::Level::DEBUG)
            .with_target("sea_orm", tracing::Level::DEBUG)
            .with_target("sqlx", tracing::Level::DEBUG);
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("taskchat"))
            .with_filter(ours)
    });
    tracing_subscriber::registry()
        .with(spans)
        .with(lines.with_filter(filter))
        .try_init()
        .context("logging is set up already")?;
    Ok(Telemetry { traces })
}

fn exporter(config: &Config, endpoint: &str) -> anyhow::Result<SdkTracerProvider> {
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()
        .context("cannot export traces")?;
    let name = config
        .telemetry
        .service_name
        .as_deref()
        .unwrap_or("taskchat");
    let resource = Resource::builder()
        .with_service_name(name.to_owned())
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    // The sampler and batch sizes come from the standard OTEL_ variables, read by the SDK.
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource)
        .build())
}

impl Telemetry {
    /// Sends what is still waiting.
    pub fn flush(&self) {
        if let Some(traces) = &self.traces
            && let Err(error) = traces.shutdown()
        {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}
