//! The audit: who did what, when, and whether the journal still holds. Apart from `records`, which hands out and erases.

mod list_audit;
mod verify_audit;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ListAudit,
    VerifyAudit,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route_with_query(Method::GET, "/v1/desks/{desk}/audit", Endpoint::ListAudit)
        .route_with_query(Method::GET, "/v1/desks/{desk}/audit/verification", Endpoint::VerifyAudit)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::ListAudit => list_audit::list_audit(platform, request, &params).await,
        Endpoint::VerifyAudit => verify_audit::verify_audit(platform, request, &params).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
