//! Live: what happens to a ticket, told to whoever looks at it; and that somebody writes just now.

mod events;
mod hub;
mod limits;
mod presence;
mod side;
mod tell_typing;
mod told;
mod watch_ticket;

use http::Method;
use tierline_desk::cors;
use tierline_http::{Params, Platform, Problem, Request, Response, Router};

const EVENTS: &str = "/v1/tickets/{ticket}/events";
const TYPING: &str = "/v1/tickets/{ticket}/typing";

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    WatchTicket,
    TellTyping,
    Preflight,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route_with_query(Method::GET, EVENTS, Endpoint::WatchTicket)
        .route(Method::OPTIONS, EVENTS, Endpoint::Preflight)
        .route(Method::POST, TYPING, Endpoint::TellTyping)
        .route(Method::OPTIONS, TYPING, Endpoint::Preflight)
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
        Endpoint::TellTyping => tell_typing::tell_typing(platform, request, &params).await,
        Endpoint::Preflight => cors::preflight(request, &params),
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
