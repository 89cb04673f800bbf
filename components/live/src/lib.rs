//! Live: what happens to a ticket, told to its customer while they look at it.

mod events;
mod hub;
mod limits;
mod told;
mod watch_ticket;

use http::Method;
use tierline_desk::cors;
use tierline_http::{Params, Platform, Problem, Request, Response, Router};

const PATH: &str = "/v1/tickets/{ticket}/events";

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    WatchTicket,
    Preflight,
}

fn router() -> Router<Endpoint> {
    Router::new().route_with_query(Method::GET, PATH, Endpoint::WatchTicket).route(
        Method::OPTIONS,
        PATH,
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
        Endpoint::WatchTicket => watch_ticket::watch_ticket(platform, request, &params).await,
        Endpoint::Preflight => cors::preflight(request, &params),
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
