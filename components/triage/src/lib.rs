//! Triage: tier 1's automatic step, on a private route. Decides; changes nothing.

mod decide;
mod engine;
mod engines;
mod speak;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    Decide,
}

fn router() -> Router<Endpoint> {
    Router::new().route(Method::POST, "/decide", Endpoint::Decide)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (Endpoint::Decide, _) = router().find(request.method(), request.uri().path())?;
    decide::decide(platform, request).await
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
