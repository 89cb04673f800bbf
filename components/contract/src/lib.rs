//! The API's own description, for whoever writes a client.

mod show_contract;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

pub use show_contract::CONTRACT;

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ShowContract,
}

fn router() -> Router<Endpoint> {
    Router::new().route(Method::GET, "/openapi.json", Endpoint::ShowContract)
}

/// Answers one request.
pub async fn handle<P: Platform>(_platform: P, request: Request) -> Response {
    answer(&request).unwrap_or_else(Into::into)
}

fn answer(request: &Request) -> Result<Response, Problem> {
    let (Endpoint::ShowContract, _) = router().find_for(request)?;
    Ok(show_contract::show_contract())
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
