//! Tokens: checks what an operator's own site signed about a customer.
//!
//! A component of its own, because the curves weigh a third of a megabyte, and only requests with a token need them.

mod verify_customer;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    VerifyCustomer,
}

fn router() -> Router<Endpoint> {
    Router::new().route(Method::POST, "/verify", Endpoint::VerifyCustomer)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, _) = router().find_for(request)?;
    match endpoint {
        Endpoint::VerifyCustomer => verify_customer::verify_customer(platform, request).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
