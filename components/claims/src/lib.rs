//! Who has which ticket: claim a line's next, take one, renew one's hold, give back.

mod claim_next;
mod claim_ticket;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ClaimNext,
    ClaimTicket,
    ReleaseTicket,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::POST, "/v1/desks/{desk}/lines/{line}/claims", Endpoint::ClaimNext)
        .route(Method::PUT, "/v1/tickets/{ticket}/claim", Endpoint::ClaimTicket)
        .route(Method::DELETE, "/v1/tickets/{ticket}/claim", Endpoint::ReleaseTicket)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::ClaimNext => claim_next::claim_next(platform, request, &params).await,
        Endpoint::ClaimTicket => claim_ticket::claim_ticket(platform, request, &params).await,
        Endpoint::ReleaseTicket => claim_ticket::release_ticket(platform, request, &params).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
