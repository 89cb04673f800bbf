//! What becomes of a desk's answers: counted after the fact, so that no customer waits for it, and shown to operators.

mod decide_proposals;
mod follow_desk;
mod list_proposals;
mod show_statistics;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ShowStatistics,
    ListProposals,
    DecideProposals,
    FollowDesk,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::GET, "/v1/desks/{desk}/answers/statistics", Endpoint::ShowStatistics)
        .route_with_query(Method::GET, "/v1/desks/{desk}/proposals", Endpoint::ListProposals)
        .route(Method::POST, "/v1/desks/{desk}/proposals", Endpoint::DecideProposals)
        .route(Method::POST, "/follow", Endpoint::FollowDesk)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::ShowStatistics => show_statistics::show_statistics(platform, request, &params).await,
        Endpoint::ListProposals => list_proposals::list_proposals(platform, request, &params).await,
        Endpoint::DecideProposals => decide_proposals::decide_proposals(platform, request, &params).await,
        Endpoint::FollowDesk => follow_desk::follow_desk(platform, request).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
