//! Traces: a span a request, and one for each component that another asks.

use std::borrow::Cow;

use http::{HeaderMap, Method};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use uuid::Uuid;

use super::SERVICE;
use crate::timing::Counted;

/// Begins spans, if anybody wants them.
#[derive(Debug)]
pub struct Traces(Option<SdkTracer>);

/// A span under way, or none; it ends when it is dropped.
#[derive(Debug, Clone, Default)]
pub struct Span(Option<Context>);

impl Traces {
    /// Spans go to `provider`.
    pub fn new(provider: Option<&SdkTracerProvider>) -> Self {
        Self(provider.map(|provider| provider.tracer(SERVICE)))
    }

    /// A request from outside, part of the trace that its `traceparent` names (W3C Trace Context).
    pub fn request(&self, method: &Method, headers: &HeaderMap) -> Span {
        let Some(tracer) = &self.0 else { return Span(None) };
        let parent =
            TraceContextPropagator::new().extract_with_context(&Context::new(), &HeaderExtractor(headers));
        let method = known_method(method);
        let builder = tracer
            .span_builder(method)
            .with_kind(SpanKind::Server)
            .with_attributes([KeyValue::new("http.request.method", method)]);
        Span(Some(parent.with_span(builder.start_with_context(tracer, &parent))))
    }

    /// A component that is asked on behalf of `parent`.
    pub fn component(&self, parent: &Span, component: &str) -> Span {
        let (Some(tracer), Some(parent)) = (&self.0, &parent.0) else { return Span(None) };
        let builder = tracer
            .span_builder(component.to_owned())
            .with_kind(SpanKind::Internal)
            .with_attributes([KeyValue::new("tierline.component", component.to_owned())]);
        Span(Some(parent.with_span(builder.start_with_context(tracer, parent))))
    }
}

impl Span {
    /// Ends a request's span with what came of it.
    pub fn answered(&self, method: &Method, route: &str, request_id: Uuid, status: u16, cost: Counted) {
        let Some(context) = &self.0 else { return };
        let span = context.span();
        span.update_name(format!("{} {route}", known_method(method)));
        span.set_attributes([
            KeyValue::new("http.route", route.to_owned()),
            KeyValue::new("http.response.status_code", i64::from(status)),
            KeyValue::new("tierline.request.id", request_id.to_string()),
            KeyValue::new("tierline.store.reads", int(cost.reads)),
            KeyValue::new("tierline.store.commits", int(cost.commits)),
            KeyValue::new("tierline.guest.cpu_us", int(cost.cpu_us())),
        ]);
        self.status(status);
        span.end();
    }

    /// Says how an asked component answered.
    pub fn status(&self, status: u16) {
        let Some(context) = &self.0 else { return };
        if status >= 500 {
            context.span().set_status(Status::Error { description: Cow::Owned(status.to_string()) });
        }
    }

    /// The trace's id, where there is one.
    pub fn trace_id(&self) -> Option<String> {
        self.0.as_ref().map(|context| context.span().span_context().trace_id().to_string())
    }
}

fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Methods that are none would be labels without end.
pub fn known_method(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("_OTHER")
}
