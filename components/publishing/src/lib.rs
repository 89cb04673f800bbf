//! Publishing: the desk in force, and the way to `operators`, after which tier 1 learns what is in force.

mod pass_on;
mod show_desk;

use http::Method;
use tierline_desk::view::DeskView;
use tierline_desk::{Publication, api, desk, teach};
use tierline_domain::desk::Desk;
use tierline_http::{Platform, Problem, ProblemKind, Request, Response, Router, json, with_etag};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    /// Puts a desk file in force.
    Publish,
    /// Shows what is.
    Show,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::PUT, "/v1/desks/{desk}", Endpoint::Publish)
        .route(Method::GET, "/v1/desks/{desk}", Endpoint::Show)
        .route(Method::POST, "/v1/desks/{desk}/versions/{version}/rollback", Endpoint::Publish)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, request).await.unwrap_or_else(Into::into)
}

/// A publication is what `operators` answers. One store read more, and what learning costs, where a file was put in force: also if it was
/// in force already, since perhaps it is published again because tier 1 has not learnt it.
async fn answer<P: Platform>(platform: &P, request: Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(&request)?;
    let response = match endpoint {
        Endpoint::Show => return show_desk::show_desk(platform, &request, &params).await,
        Endpoint::Publish => pass_on::pass_on(platform, request).await?,
    };
    if !response.status().is_success() {
        return Ok(response);
    }
    let desk = desk(platform, &api::desk_param(&params)?).await?;
    // It is published, whatever comes of this: without it questions go to people.
    teach(platform, &desk).await;
    published(&response, &desk)
}

/// The desk that was published, and whether anything changed.
fn published(response: &Response, desk: &Desk) -> Result<Response, Problem> {
    let publication = serde_json::from_slice::<Publication>(response.body()).map_err(|error| {
        Problem::new(ProblemKind::Internal, "The desk gave no answer that can be shown.").because(error)
    })?;
    let shown = show_desk::Published { desk: DeskView::of(desk), changed: publication.changed };
    Ok(with_etag(json(response.status(), &shown), &api::desk_etag(desk)))
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
