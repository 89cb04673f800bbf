//! The operator's door: publishes, shows, compares and takes up again desk files.

mod desk_file;
mod publish_desk;
mod show_desk;
mod versions;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    PublishDesk,
    ShowDesk,
    ListVersions,
    ShowVersion,
    DiffVersions,
    RollBack,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::PUT, "/v1/desks/{desk}", Endpoint::PublishDesk)
        .route(Method::GET, "/v1/desks/{desk}", Endpoint::ShowDesk)
        .route(Method::GET, "/v1/desks/{desk}/versions", Endpoint::ListVersions)
        .route(Method::GET, "/v1/desks/{desk}/versions/{version}", Endpoint::ShowVersion)
        .route_with_query(Method::GET, "/v1/desks/{desk}/versions/{version}/diff", Endpoint::DiffVersions)
        .route(Method::POST, "/v1/desks/{desk}/versions/{version}/rollback", Endpoint::RollBack)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::PublishDesk => publish_desk::publish_desk(platform, request, &params).await,
        Endpoint::ShowDesk => show_desk::show_desk(platform, request, &params).await,
        Endpoint::ListVersions => versions::list_versions(platform, request, &params).await,
        Endpoint::ShowVersion => versions::show_version(platform, request, &params).await,
        Endpoint::DiffVersions => versions::diff_versions(platform, request, &params).await,
        Endpoint::RollBack => versions::roll_back(platform, request, &params).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
