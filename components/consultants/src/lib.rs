//! The lines' work: claim the next ticket, draft, reply, note, give back.

mod claim_next;
mod claim_ticket;
mod draft;
mod extend_time_box;
mod reply_ticket;
mod write_note;

use http::Method;
use serde::Serialize;
use tierline_desk::SignedIn;
use tierline_desk::view::{MessageView, PeopleView, TicketView, thread_for_people};
use tierline_domain::desk::Desk;
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_http::{Platform, Problem, Request, Response, Router};

/// Bytes of a body here: the longest text, and room for the rest.
const BODY_BYTES_MAX: usize = 256 * 1024;

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ClaimNext,
    ClaimTicket,
    ReleaseTicket,
    ReplyTicket,
    WriteNote,
    ExtendTimeBox,
    SaveDraft,
    ShowDraft,
    DropDraft,
}

fn router() -> Router<Endpoint> {
    Router::new()
        .route(Method::POST, "/v1/desks/{desk}/lines/{line}/claims", Endpoint::ClaimNext)
        .route(Method::PUT, "/v1/tickets/{ticket}/claim", Endpoint::ClaimTicket)
        .route(Method::DELETE, "/v1/tickets/{ticket}/claim", Endpoint::ReleaseTicket)
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
        Endpoint::ClaimNext => claim_next::claim_next(platform, request, &params).await,
        Endpoint::ClaimTicket => claim_ticket::claim_ticket(platform, request, &params).await,
        Endpoint::ReleaseTicket => claim_ticket::release_ticket(platform, request, &params).await,
        Endpoint::ReplyTicket => reply_ticket::reply_ticket(platform, request, &params).await,
        Endpoint::ExtendTimeBox => extend_time_box::extend_time_box(platform, request, &params).await,
        Endpoint::SaveDraft => draft::save_draft(platform, request, &params).await,
        Endpoint::ShowDraft => draft::show_draft(platform, request, &params).await,
        Endpoint::DropDraft => draft::drop_draft(platform, request, &params).await,
        Endpoint::WriteNote => write_note::write_note(platform, request, &params).await,
    }
}

/// A ticket as its worker sees it. Messages moved to thread pages are on the ticket's own page.
#[derive(Serialize)]
struct Worked {
    ticket: TicketView,
    thread: Vec<MessageView>,
    desk: PeopleView,
}

impl Worked {
    fn of(ticket: &Ticket, desk: &Desk, now: Time) -> Self {
        Self {
            ticket: TicketView::of(ticket, now),
            thread: thread_for_people(&ticket.messages),
            desk: PeopleView::at(ticket, desk, now),
        }
    }
}

/// Seconds that a claim in the ticket's line lasts.
fn lease_s(signed_in: &SignedIn, ticket: &Ticket) -> u32 {
    signed_in.desk.line(&ticket.line).map_or(*tierline_domain::limits::LEASE_S.start(), |line| line.lease_s)
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
