//! Where a ticket stands in its line, and how long it will wait: asked by the components that show it, on a private route. Apart
//! from them, so that none of them carries the code for positions and forecasts.

use http::Method;
use tierline_desk::answer_standing;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    TellStanding,
}

fn router() -> Router<Endpoint> {
    Router::new().route(Method::POST, "/standing", Endpoint::TellStanding)
}

/// Answers one request. Store reads: the line's directory, its past, and a page for each set of skills that it has a queue
/// for; near the head of a long line a few more.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (Endpoint::TellStanding, _) = router().find_for(request)?;
    Ok(answer_standing(platform, request).await?)
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
