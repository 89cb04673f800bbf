//! The kept versions of a desk file: each as it was published, and what it changed. Changes nothing.

mod diff_versions;
mod list_versions;
mod show_version;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ListVersions,
    ShowVersion,
    DiffVersions,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::GET, "/v1/desks/{desk}/versions", Endpoint::ListVersions)
        .route(Method::GET, "/v1/desks/{desk}/versions/{version}", Endpoint::ShowVersion)
        .route_with_query(Method::GET, "/v1/desks/{desk}/versions/{version}/diff", Endpoint::DiffVersions)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::ListVersions => list_versions::list_versions(platform, request, &params).await,
        Endpoint::ShowVersion => show_version::show_version(platform, request, &params).await,
        Endpoint::DiffVersions => diff_versions::diff_versions(platform, request, &params).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
