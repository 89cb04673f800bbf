//! What the desk's people look at: lists of tickets, how the lines stand, hand-overs in figures, and a try of
//! tier 1. Changes nothing.

mod list_handovers;
mod list_lines;
mod list_tickets;
mod show_metrics;
mod try_triage;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ListTickets,
    ListLines,
    ListHandOvers,
    ShowMetrics,
    TryTriage,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route_with_query(Method::GET, "/v1/desks/{desk}/tickets", Endpoint::ListTickets)
        .route(Method::GET, "/v1/desks/{desk}/lines", Endpoint::ListLines)
        .route(Method::GET, "/v1/desks/{desk}/handovers", Endpoint::ListHandOvers)
        .route(Method::GET, "/v1/desks/{desk}/metrics", Endpoint::ShowMetrics)
        .route(Method::POST, "/v1/desks/{desk}/triage", Endpoint::TryTriage)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::ListTickets => list_tickets::list_tickets(platform, request, &params).await,
        Endpoint::ListLines => list_lines::list_lines(platform, request, &params).await,
        Endpoint::ListHandOvers => list_handovers::list_handovers(platform, request, &params).await,
        Endpoint::ShowMetrics => show_metrics::show_metrics(platform, request, &params).await,
        Endpoint::TryTriage => try_triage::try_triage(platform, request, &params).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
