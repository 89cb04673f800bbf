//! The lines' work on what they have: draft, reply, note.

mod draft;
mod extend_time_box;
mod reply_ticket;
mod write_note;

use http::Method;
use tierline_http::{Platform, Problem, Request, Response, Router};

/// Bytes of a body here: the longest text, and room for the rest.
const BODY_BYTES_MAX: usize = 256 * 1024;

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ReplyTicket,
    WriteNote,
    ExtendTimeBox,
    SaveDraft,
    ShowDraft,
    DropDraft,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::POST, "/v1/tickets/{ticket}/replies", Endpoint::ReplyTicket)
        .route(Method::POST, "/v1/tickets/{ticket}/notes", Endpoint::WriteNote)
        .route(Method::POST, "/v1/tickets/{ticket}/extension", Endpoint::ExtendTimeBox)
        .route(Method::PUT, "/v1/tickets/{ticket}/draft", Endpoint::SaveDraft)
        .route(Method::GET, "/v1/tickets/{ticket}/draft", Endpoint::ShowDraft)
        .route(Method::DELETE, "/v1/tickets/{ticket}/draft", Endpoint::DropDraft)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::ReplyTicket => reply_ticket::reply_ticket(platform, request, &params).await,
        Endpoint::ExtendTimeBox => extend_time_box::extend_time_box(platform, request, &params).await,
        Endpoint::SaveDraft => draft::save_draft(platform, request, &params).await,
        Endpoint::ShowDraft => draft::show_draft(platform, request, &params).await,
        Endpoint::DropDraft => draft::drop_draft(platform, request, &params).await,
        Endpoint::WriteNote => write_note::write_note(platform, request, &params).await,
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
