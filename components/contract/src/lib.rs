//! What programs ask of the desk itself: the API's own description, and whether it is well.

mod show_contract;
mod show_health;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

pub use show_contract::CONTRACT;

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    Contract,
    Health,
    Readiness,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::GET, "/openapi.json", Endpoint::Contract)
        .route(Method::GET, "/healthz", Endpoint::Health)
        .route(Method::GET, "/readyz", Endpoint::Readiness)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, _) = router().find_for(request)?;
    match endpoint {
        Endpoint::Contract => Ok(show_contract::show_contract()),
        Endpoint::Health => Ok(show_health::show_health()),
        Endpoint::Readiness => show_health::show_readiness(platform).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
