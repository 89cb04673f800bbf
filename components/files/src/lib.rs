//! Files: what customers and people sent along, given back as downloads and as nothing else.

mod show_file;

use http::Method;
use tierline_desk::cors;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ShowFile,
    Preflight,
}

fn router() -> Router<Endpoint> {
    Router::new().route(Method::GET, "/v1/tickets/{ticket}/files/{file}", Endpoint::ShowFile).route(
        Method::OPTIONS,
        "/v1/tickets/{ticket}/files/{file}",
        Endpoint::Preflight,
    )
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    let answered = answer(&platform, &request).await.unwrap_or_else(Into::into);
    cors::open(&platform, &request, answered).await
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::ShowFile => show_file::show_file(platform, request, &params).await,
        Endpoint::Preflight => cors::preflight(request, &params),
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
