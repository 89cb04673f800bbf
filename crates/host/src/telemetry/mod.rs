//! The desk seen from outside: metrics and traces by OpenTelemetry, told to a collector (OTLP over HTTP) or asked for by
//! Prometheus. Names are those of the semantic conventions where they have one (opentelemetry.io/docs/specs/semconv).
//!
//! Nothing that somebody wrote gets here: labels are routes of the manifest, components and numbers.

mod client;
mod instruments;
mod scrape;
mod traces;

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::SdkTracerProvider;

use self::client::Collector;
pub use self::instruments::{Failure as ComponentFailure, Instruments, Watched};
pub use self::scrape::Scrape;
pub use self::traces::{Span, Traces, known_method};
use crate::exit::Failure;

/// What the metrics and spans call this program, unless `OTEL_SERVICE_NAME` says otherwise.
const SERVICE: &str = "tierline";
/// How long the last spans and metrics may take to be delivered when the host stops.
const FLUSH_MAX: Duration = Duration::from_secs(3);

/// Everything that is told to the outside.
#[derive(Debug)]
pub struct Telemetry {
    /// What is counted.
    pub instruments: Instruments,
    /// What is traced.
    pub traces: Traces,
    metrics: SdkMeterProvider,
    spans: Option<SdkTracerProvider>,
    registry: prometheus::Registry,
}

impl Telemetry {
    /// Starts what the environment asks for: OTLP where `OTEL_EXPORTER_OTLP_ENDPOINT` (or the one of a signal) is set.
    /// Metrics for Prometheus are always kept; who may ask for them is for [`Scrape`] to say.
    ///
    /// # Errors
    /// Where the variables are not what OpenTelemetry says.
    pub fn start() -> Result<Arc<Self>, Failure> {
        let registry = prometheus::Registry::new();
        let prometheus = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .scope_info_enabled(false)
            .build()
            .map_err(|error| Failure::internal(format!("no metrics: {error}")))?;
        let mut metrics = SdkMeterProvider::builder().with_resource(resource()).with_reader(prometheus);
        let mut spans = None;
        let collector = Arc::new(Collector::default());
        if is_wanted("METRICS") {
            let exporter = MetricExporter::builder().with_http().with_shared_http_client(collector.clone());
            let exporter = exporter.build().map_err(|error| refuse(&error))?;
            metrics = metrics.with_reader(PeriodicReader::builder(exporter).build());
        }
        if is_wanted("TRACES") {
            let exporter = SpanExporter::builder().with_http().with_shared_http_client(collector);
            let exporter = exporter.build().map_err(|error| refuse(&error))?;
            let provider =
                SdkTracerProvider::builder().with_resource(resource()).with_batch_exporter(exporter);
            spans = Some(provider.build());
        }
        let metrics = metrics.build();
        let instruments = Instruments::new(metrics.meter(SERVICE));
        let traces = Traces::new(spans.as_ref());
        Ok(Arc::new(Self { instruments, traces, metrics, spans, registry }))
    }

    /// The metrics as Prometheus reads them.
    ///
    /// # Errors
    /// What the encoder says.
    pub fn prometheus_text(&self) -> Result<String, prometheus::Error> {
        prometheus::TextEncoder::new().encode_to_string(&self.registry.gather())
    }

    /// Delivers what is left. Blocks.
    pub fn stop(&self) {
        let spans = self.spans.as_ref().map(|spans| spans.shutdown_with_timeout(FLUSH_MAX));
        let metrics = self.metrics.shutdown_with_timeout(FLUSH_MAX);
        for error in [spans, Some(metrics)].into_iter().flatten().filter_map(Result::err) {
            tracing::debug!(%error, "the last telemetry was not delivered");
        }
    }
}

/// Whether a signal goes to a collector.
fn is_wanted(signal: &str) -> bool {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let is_off = variable("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        || variable(&format!("OTEL_{signal}_EXPORTER")).is_some_and(|value| value == "none");
    let endpoint = variable("OTEL_EXPORTER_OTLP_ENDPOINT")
        .or_else(|| variable(&format!("OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")));
    !is_off && endpoint.is_some()
}

fn refuse(error: &opentelemetry_otlp::ExporterBuildError) -> Failure {
    Failure::configuration(
        format!("telemetry cannot be sent as the environment says: {error}"),
        "set OTEL_EXPORTER_OTLP_ENDPOINT to the collector's address for OTLP over HTTP, like http://127.0.0.1:4318",
    )
}

fn resource() -> Resource {
    let builder =
        Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    match std::env::var("OTEL_SERVICE_NAME") {
        Ok(name) if !name.is_empty() => builder.build(),
        _ => builder.with_service_name(SERVICE).build(),
    }
}
