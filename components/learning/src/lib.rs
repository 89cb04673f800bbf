//! Learning: what tier 1 knows of a desk, on a private route. Apart from `triage`, so that nobody waits for it.

mod learn_desk;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    LearnDesk,
}

fn router() -> Router<Endpoint> {
    Router::new().route(Method::POST, "/learn", Endpoint::LearnDesk)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (Endpoint::LearnDesk, _) = router().find(request.method(), request.uri().path())?;
    learn_desk::learn_desk(platform, request).await
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
