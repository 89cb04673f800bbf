//! Up, down, sideways and ahead: hand-overs, escalations and boosts; and the tick, which pays what a crash left owing.

mod boost_ticket;
mod hand_over_ticket;
mod run_tick;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};
use tierline_store::Sweep;

/// Bytes of a body here.
const BODY_BYTES_MAX: usize = 32 * 1024;

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    BoostTicket,
    HandOverTicket,
    EscalateTicket,
    RunTick,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::POST, "/v1/tickets/{ticket}/boosts", Endpoint::BoostTicket)
        .route(Method::POST, "/v1/tickets/{ticket}/handovers", Endpoint::HandOverTicket)
        .route(Method::POST, "/v1/tickets/{ticket}/escalation", Endpoint::EscalateTicket)
        .route(Method::POST, "/v1/tick", Endpoint::RunTick)
}

/// Answers one request. Of all components only this one's store can list keys, for the tick.
pub async fn handle<P: Platform<Store: Sweep>>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform<Store: Sweep>>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::BoostTicket => boost_ticket::boost_ticket(platform, request, &params).await,
        Endpoint::HandOverTicket => hand_over_ticket::hand_over_ticket(platform, request, &params).await,
        Endpoint::EscalateTicket => hand_over_ticket::escalate_ticket(platform, request, &params).await,
        Endpoint::RunTick => run_tick::run_tick(platform, request).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
