//! How spans and metrics get to the collector: from the exporters' own threads, which may wait.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};

/// The environment's `OTEL_EXPORTER_OTLP_TIMEOUT` may say less.
const SEND_MAX: Duration = Duration::from_secs(10);
/// A collector's answer is short.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
/// A collector that is away is spoken of this often.
const COMPLAIN_EVERY: Duration = Duration::from_secs(60);

/// The way to the collector.
#[derive(Debug)]
pub struct Collector {
    agent: ureq::Agent,
    complained: Mutex<Option<Instant>>,
}

impl Default for Collector {
    fn default() -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(SEND_MAX));
        Self { agent: config.build().new_agent(), complained: Mutex::new(None) }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.send(request);
        match &sent {
            Ok(response) if response.status().is_success() => {}
            Ok(response) => self.complain(response.status().as_str()),
            Err(error) => self.complain(&error.to_string()),
        }
        Ok(sent?)
    }
}

impl Collector {
    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (head, body) = request.into_parts();
        let answer = self.agent.run(Request::from_parts(head, body.to_vec()))?;
        let (head, mut body) = answer.into_parts();
        let bytes = body.with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
        Ok(Response::from_parts(head, Bytes::from(bytes)))
    }

    fn complain(&self, what: &str) {
        let Ok(mut complained) = self.complained.lock() else { return };
        if complained.is_none_or(|at| at.elapsed() > COMPLAIN_EVERY) {
            *complained = Some(Instant::now());
            tracing::warn!(
                what,
                "the telemetry collector did not take what was sent; requests do not wait for it"
            );
        }
    }
}
