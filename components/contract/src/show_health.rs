//! `GET /healthz` and `GET /readyz`.

use http::StatusCode;
use serde_json::json as value;
use tierline_desk::ticket_secret;
use tierline_http::{Platform, Problem, Response, json};
use tierline_store::{Runtime, Store};

/// The process answers.
pub fn show_health() -> Response {
    json(StatusCode::OK, &value!({"status": "ok"}))
}

/// The process answers, its secret is one, and its store answers. One store read.
pub async fn show_readiness<P: Platform>(platform: &P) -> Result<Response, Problem> {
    ticket_secret(platform).await?;
    Runtime::store(platform).get("readiness").await?;
    Ok(json(StatusCode::OK, &value!({"status": "ready"})))
}
