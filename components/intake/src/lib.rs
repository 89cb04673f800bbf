//! Intake: the one door. Takes requests, asks tier 1, answers or queues.

mod ask_tokens;
mod create_request;
mod request_body;

use http::Method;
use tierline_desk::cors;
use tierline_http::{Params, Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    CreateRequest,
    Preflight,
}

fn router() -> Router<Endpoint> {
    Router::new().route(Method::POST, "/v1/desks/{desk}/requests", Endpoint::CreateRequest).route(
        Method::OPTIONS,
        "/v1/desks/{desk}/requests",
        Endpoint::Preflight,
    )
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    let answered = answer(&platform, &request).await.unwrap_or_else(Into::into);
    cors::open(&platform, &request, answered).await
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params): (_, Params) = router().find_for(request)?;
    match endpoint {
        Endpoint::CreateRequest => create_request::create_request(platform, request, &params).await,
        Endpoint::Preflight => cors::preflight(request, &params),
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
