//! Ratings: the customer's verdict. Solved or not, liked or not.

mod rate_ticket;
mod tell_outcome;

use http::Method;
use tierline_desk::cors;
use tierline_http::{Platform, Problem, Request, Response, Router};

/// Bytes of a verdict's body.
const VERDICT_BYTES_MAX: usize = 32 * 1024;

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    TellOutcome,
    RateTicket,
    Preflight,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::POST, "/v1/tickets/{ticket}/outcome", Endpoint::TellOutcome)
        .route(Method::OPTIONS, "/v1/tickets/{ticket}/outcome", Endpoint::Preflight)
        .route(Method::POST, "/v1/tickets/{ticket}/rating", Endpoint::RateTicket)
        .route(Method::OPTIONS, "/v1/tickets/{ticket}/rating", Endpoint::Preflight)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    let answered = answer(&platform, &request).await.unwrap_or_else(Into::into);
    cors::open(&platform, &request, answered).await
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::TellOutcome => tell_outcome::tell_outcome(platform, request, &params).await,
        Endpoint::Preflight => cors::preflight(request, &params),
        Endpoint::RateTicket => rate_ticket::rate_ticket(platform, request, &params).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
