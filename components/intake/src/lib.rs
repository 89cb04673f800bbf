//! Intake: the one door. Takes requests, asks tier 1, answers or queues; shows a ticket to its customer.

mod add_message;
mod ask_tokens;
mod create_request;
mod renew_key;
mod request_body;
mod show_health;
mod show_ticket;

use http::Method;
use tierline_desk::cors;
use tierline_http::{Params, Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    CreateRequest,
    ShowTicket,
    AddMessage,
    RenewKey,
    Preflight,
    ShowHealth,
    ShowReadiness,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::POST, "/v1/desks/{desk}/requests", Endpoint::CreateRequest)
        .route(Method::GET, "/v1/tickets/{ticket}", Endpoint::ShowTicket)
        .route(Method::POST, "/v1/tickets/{ticket}/messages", Endpoint::AddMessage)
        .route(Method::POST, "/v1/tickets/{ticket}/key", Endpoint::RenewKey)
        .route(Method::OPTIONS, "/v1/desks/{desk}/requests", Endpoint::Preflight)
        .route(Method::OPTIONS, "/v1/tickets/{ticket}", Endpoint::Preflight)
        .route(Method::OPTIONS, "/v1/tickets/{ticket}/messages", Endpoint::Preflight)
        .route(Method::GET, "/healthz", Endpoint::ShowHealth)
        .route(Method::GET, "/readyz", Endpoint::ShowReadiness)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    let answered = answer(&platform, &request).await.unwrap_or_else(Into::into);
    cors::open(&platform, &request, answered).await
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params): (_, Params) = router().find_for(request)?;
    match endpoint {
        Endpoint::CreateRequest => create_request::create_request(platform, request, &params).await,
        Endpoint::ShowTicket => show_ticket::show_ticket(platform, request, &params).await,
        Endpoint::AddMessage => add_message::add_message(platform, request, &params).await,
        Endpoint::RenewKey => renew_key::renew_key(platform, request, &params).await,
        Endpoint::Preflight => cors::preflight(request, &params),
        Endpoint::ShowHealth => Ok(show_health::show_health()),
        Endpoint::ShowReadiness => show_health::show_readiness(platform).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
