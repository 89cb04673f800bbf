//! The tick: sees to what has its time, and pays what a crash left owing. Whoever calls it, late is never wrong.

mod run_tick;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};
use tierline_store::Sweep;

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    RunTick,
}

fn router() -> Router<Endpoint> {
    Router::new().route(Method::POST, "/v1/tick", Endpoint::RunTick)
}

/// Answers one request. Of all components only this one's store can list keys.
pub async fn handle<P: Platform<Store: Sweep>>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform<Store: Sweep>>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (Endpoint::RunTick, _) = router().find_for(request)?;
    run_tick::run_tick(platform, request).await
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
