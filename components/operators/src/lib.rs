//! Publishes desk files, and takes up again what was published before.

mod desk_file;
mod lines;
mod publish_desk;
mod put_in_force;
mod roll_back;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    PublishDesk,
    RollBack,
}

fn router() -> Router<Endpoint> {
    Router::new().route(Method::PUT, "/v1/desks/{desk}", Endpoint::PublishDesk).route(
        Method::POST,
        "/v1/desks/{desk}/versions/{version}/rollback",
        Endpoint::RollBack,
    )
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::PublishDesk => publish_desk::publish_desk(platform, request, &params).await,
        Endpoint::RollBack => roll_back::roll_back(platform, request, &params).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
