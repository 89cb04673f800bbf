//! Settling: what follows from a ticket once the answer has left, on a path that no route of the manifest leads to; and the
//! tick, which pays what a crash left owing. Apart from the components that answer, so that none of them carries the code.

mod run_tick;
mod settle_ticket;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};
use tierline_store::Sweep;

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    SettleTicket,
    RunTick,
}

fn router() -> Router<Endpoint> {
    Router::new().route(Method::POST, "/settle", Endpoint::SettleTicket).route(
        Method::POST,
        "/v1/tick",
        Endpoint::RunTick,
    )
}

/// Answers one request. Of all components only this one's store can list keys, for the tick.
pub async fn handle<P: Platform<Store: Sweep>>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform<Store: Sweep>>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, _) = router().find_for(request)?;
    match endpoint {
        Endpoint::SettleTicket => settle_ticket::settle_ticket(platform, request).await,
        Endpoint::RunTick => run_tick::run_tick(platform, request).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
