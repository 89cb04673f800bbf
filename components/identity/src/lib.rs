//! Signs people in by their desk's OpenID Connect provider: authorisation code with PKCE, no durable write.

mod answer;
mod end_session;
mod finish_sign_in;
mod flow;
mod hosts;
mod id_token;
mod limits;
mod provider;
mod setup;
mod show_session;
mod start_sign_in;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    StartSignIn,
    FinishSignIn,
    ShowSession,
    EndSession,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route_with_query(Method::GET, "/v1/desks/{desk}/sign-in", Endpoint::StartSignIn)
        .route_with_query(Method::GET, "/v1/sign-in/callback", Endpoint::FinishSignIn)
        .route(Method::GET, "/v1/desks/{desk}/session", Endpoint::ShowSession)
        .route_with_query(Method::DELETE, "/v1/desks/{desk}/session", Endpoint::EndSession)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::StartSignIn => start_sign_in::start_sign_in(platform, request, &params).await,
        Endpoint::FinishSignIn => finish_sign_in::finish_sign_in(platform, request).await,
        Endpoint::ShowSession => show_session::show_session(platform, request, &params).await,
        Endpoint::EndSession => end_session::end_session(platform, request, &params).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
