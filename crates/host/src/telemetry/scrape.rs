//! `GET /metrics`, on an address of its own: what the desk's visitors reach is not where its figures are.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use super::Telemetry;
use crate::connections::Connections;
use crate::exit::{ExitKind, Failure};

/// Who asks, asks seldom.
const CONNECTIONS_MAX: usize = 16;
/// How long a client may be silent.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// Prometheus's text format.
const TEXT_FORMAT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// Answers Prometheus.
#[derive(Debug)]
pub struct Scrape(TcpListener);

impl Scrape {
    /// Listens on `address`.
    ///
    /// # Errors
    /// Where that cannot be had.
    pub async fn bind(address: SocketAddr) -> Result<Self, Failure> {
        TcpListener::bind(address).await.map(Self).map_err(|error| {
            Failure::new(
                ExitKind::Unavailable,
                format!("cannot listen on {address} for metrics: {error}"),
                "stop what uses the address, or name another with --metrics-listen",
            )
        })
    }

    /// Where it listens.
    pub fn address(&self) -> Option<SocketAddr> {
        self.0.local_addr().ok()
    }

    /// Answers until the program ends.
    pub async fn run(self, telemetry: Arc<Telemetry>) {
        let connections = Connections::new(CONNECTIONS_MAX);
        loop {
            let Some((stream, _, place)) = connections.accept(&self.0).await else { continue };
            let telemetry = telemetry.clone();
            let service = service_fn(move |request| {
                let response = answer(&telemetry, &request);
                async move { Ok::<_, Infallible>(response) }
            });
            let mut builder = http1::Builder::new();
            builder.timer(TokioTimer::new()).header_read_timeout(SILENCE_MAX);
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            tokio::spawn(async move {
                _ = connection.await;
                drop(place);
            });
        }
    }
}

fn answer(telemetry: &Telemetry, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let (status, text) = match (request.uri().path(), request.method()) {
        ("/metrics", &Method::GET | &Method::HEAD) => match telemetry.prometheus_text() {
            Ok(text) => (StatusCode::OK, text),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("no metrics: {error}\n")),
        },
        ("/metrics", _) => (StatusCode::METHOD_NOT_ALLOWED, "only GET\n".to_owned()),
        _ => (StatusCode::NOT_FOUND, "only /metrics is here\n".to_owned()),
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, TEXT_FORMAT);
    response
}
