//! A ticket as it goes on: shown to its customer and to the desk's people, added to by its customer, given a new key.

mod add_message;
mod renew_key;
mod show_ticket;

use http::Method;
use tierline_desk::cors;
use tierline_http::{Params, Platform, Problem, Request, Response, Router};

/// Bytes of a body, files apart: the longest text, and room for the rest.
const BODY_BYTES_MAX: usize = 256 * 1024;

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ShowTicket,
    AddMessage,
    RenewKey,
    Preflight,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route_with_query(Method::GET, "/v1/tickets/{ticket}", Endpoint::ShowTicket)
        .route(Method::POST, "/v1/tickets/{ticket}/messages", Endpoint::AddMessage)
        .route(Method::POST, "/v1/tickets/{ticket}/key", Endpoint::RenewKey)
        .route(Method::OPTIONS, "/v1/tickets/{ticket}", Endpoint::Preflight)
        .route(Method::OPTIONS, "/v1/tickets/{ticket}/messages", Endpoint::Preflight)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    let answered = answer(&platform, &request).await.unwrap_or_else(Into::into);
    cors::open(&platform, &request, answered).await
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params): (_, Params) = router().find_for(request)?;
    match endpoint {
        Endpoint::ShowTicket => show_ticket::show_ticket(platform, request, &params).await,
        Endpoint::AddMessage => add_message::add_message(platform, request, &params).await,
        Endpoint::RenewKey => renew_key::renew_key(platform, request, &params).await,
        Endpoint::Preflight => cors::preflight(request, &params),
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
