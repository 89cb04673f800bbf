//! Widget: a desk's chat on its operator's own sites. The launcher is a script for their pages; the chat is a page in a
//! frame, of the desk's own origin, so that theirs can neither read what is said in it nor send anything in its name.
//!
//! No rule of the desk lives here, and nobody's words pass through: the page in the frame calls the API and the
//! ticket's page itself, with the customer's own key.

mod assets;
mod chat;
mod launcher;
mod limits;
mod styleguide;
mod words;

use http::Method;
use tierline_http::{Params, Platform, Problem, Request, Response, Router};

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    SendLauncher,
    ShowChat,
    ShowAsset,
    ShowStyleguide,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::GET, "/d/{desk}/widget.js", Endpoint::SendLauncher)
        .route(Method::GET, "/d/{desk}/chat", Endpoint::ShowChat)
        .route(Method::GET, "/widget/{file}", Endpoint::ShowAsset)
        .route_with_query(Method::GET, "/styleguide", Endpoint::ShowStyleguide)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(|problem| {
        tierline_page::notice(&problem, words::words(&request, None), "fault-other")
    })
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params): (_, Params) = router().find_for(request)?;
    match endpoint {
        Endpoint::SendLauncher => launcher::send_launcher(platform, request, &params).await,
        Endpoint::ShowChat => chat::show_chat(platform, request, &params).await,
        Endpoint::ShowAsset => tierline_page::send_asset(&assets::ALL, request, params.require("file")?),
        Endpoint::ShowStyleguide => styleguide::show_styleguide(request),
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
