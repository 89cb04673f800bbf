//! Pages: a desk's request form and a ticket's page, for browsers with or without JavaScript.
//!
//! No rule of the desk lives here, and no secret: what a page asks or tells goes to the components that programs call,
//! with the customer's own key.

mod answer_ticket;
mod ask;
mod assets;
mod backend;
mod fault;
mod page;
mod send_request;
mod show_ticket;
mod ticket_page;
mod words;

use fault::Notice;
use http::Method;
use tierline_http::{Params, Platform, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ShowForm,
    SendRequest,
    ShowTicket,
    AddMessage,
    TellOutcome,
    RateTicket,
    ShowAsset,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::GET, "/d/{desk}", Endpoint::ShowForm)
        .route_with_query(Method::POST, "/d/{desk}", Endpoint::SendRequest)
        .route_with_query(Method::GET, "/t/{ticket}", Endpoint::ShowTicket)
        .route_with_query(Method::POST, "/t/{ticket}/messages", Endpoint::AddMessage)
        .route_with_query(Method::POST, "/t/{ticket}/outcome", Endpoint::TellOutcome)
        .route_with_query(Method::POST, "/t/{ticket}/rating", Endpoint::RateTicket)
        .route(Method::GET, "/assets/{file}", Endpoint::ShowAsset)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(|notice| notice.response(&request))
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Notice> {
    let (endpoint, params): (_, Params) = router().find_for(request)?;
    match endpoint {
        Endpoint::ShowForm => send_request::show_form(platform, request, &params).await,
        Endpoint::SendRequest => send_request::send_request(platform, request, &params).await,
        Endpoint::ShowTicket => show_ticket::show_ticket(platform, request, &params).await,
        Endpoint::AddMessage => answer_ticket::add_message(platform, request, &params).await,
        Endpoint::TellOutcome => answer_ticket::tell_outcome(platform, request, &params).await,
        Endpoint::RateTicket => answer_ticket::rate_ticket(platform, request, &params).await,
        Endpoint::ShowAsset => assets::show_asset(request, &params),
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
