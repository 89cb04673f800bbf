//! Handing out and erasing what a ticket or a customer said.

mod customer_data;
mod erase_customer_data;
mod erase_ticket;
mod export_customer_data;
mod export_ticket;
mod ticket_export;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ExportTicket,
    EraseTicket,
    ExportCustomerData,
    EraseCustomerData,
}

fn router() -> Router<Endpoint> {
    let customer = "/v1/desks/{desk}/customers/{customer}/data";
    Router::new()
        .route(Method::GET, "/v1/tickets/{ticket}/export", Endpoint::ExportTicket)
        .route(Method::POST, "/v1/tickets/{ticket}/erasure", Endpoint::EraseTicket)
        .route_with_query(Method::GET, customer, Endpoint::ExportCustomerData)
        .route_with_query(Method::DELETE, customer, Endpoint::EraseCustomerData)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::ExportTicket => export_ticket::export_ticket(platform, request, &params).await,
        Endpoint::EraseTicket => erase_ticket::erase_ticket(platform, request, &params).await,
        Endpoint::ExportCustomerData => {
            export_customer_data::export_customer_data(platform, request, &params).await
        }
        Endpoint::EraseCustomerData => {
            erase_customer_data::erase_customer_data(platform, request, &params).await
        }
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
