//! Up, down, sideways and ahead: hand-overs, escalations and boosts.

mod boost_ticket;
mod hand_over_ticket;
mod pull_ticket;
mod way;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

/// Bytes of a body here.
const BODY_BYTES_MAX: usize = 32 * 1024;

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    Boost,
    HandOver,
    Escalate,
    Pull,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::POST, "/v1/tickets/{ticket}/boosts", Endpoint::Boost)
        .route(Method::POST, "/v1/tickets/{ticket}/handovers", Endpoint::HandOver)
        .route(Method::POST, "/v1/tickets/{ticket}/escalation", Endpoint::Escalate)
        .route(Method::POST, "/v1/tickets/{ticket}/pull", Endpoint::Pull)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::Boost => boost_ticket::boost_ticket(platform, request, &params).await,
        Endpoint::HandOver => hand_over_ticket::hand_over_ticket(platform, request, &params).await,
        Endpoint::Pull => pull_ticket::pull_ticket(platform, request, &params).await,
        Endpoint::Escalate => hand_over_ticket::escalate_ticket(platform, request, &params).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
