//! Settling: what follows from a ticket once the answer has left, on a path that no route of the manifest leads to. Apart from
//! the components that answer, so that none of them carries the code.

mod settle_ticket;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    SettleTicket,
    SettleWhole,
}

fn router() -> Router<Endpoint> {
    Router::new().route(Method::POST, "/settle", Endpoint::SettleTicket).route(
        Method::POST,
        "/settle/whole",
        Endpoint::SettleWhole,
    )
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    match router().find_for(request)?.0 {
        Endpoint::SettleTicket => settle_ticket::settle_ticket(platform, request).await,
        Endpoint::SettleWhole => settle_ticket::settle_whole(platform, request).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
