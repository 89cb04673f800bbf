//! What a ticket has to do with others: who else is told, links, mergers, splits.

mod link_tickets;
mod list_links;
mod merge_tickets;
mod participants;
mod split_ticket;

use http::Method;
use tierline_desk::{Error, SignedIn, api, ticket};
use tierline_domain::ids::TicketId;
use tierline_domain::people::Action;
use tierline_domain::ticket::Ticket;
use tierline_http::{Params, Platform, Problem, Request, Response, Router};

/// Bytes of a body here.
const BODY_BYTES_MAX: usize = 16 * 1024;

#[derive(Debug, Clone, Copy)]
enum Endpoint {
    ListParticipants,
    AddParticipant,
    RemoveParticipant,
    ListLinks,
    LinkTickets,
    UnlinkTickets,
    MergeTickets,
    SplitTicket,
}

fn router() -> Router<Endpoint> {
    const PARTICIPANTS: &str = "/v1/tickets/{ticket}/participants";
    const LINKS: &str = "/v1/tickets/{ticket}/links";
    Router::new()
        .route(Method::GET, PARTICIPANTS, Endpoint::ListParticipants)
        .route(Method::POST, PARTICIPANTS, Endpoint::AddParticipant)
        .route(Method::DELETE, "/v1/tickets/{ticket}/participants/{participant}", Endpoint::RemoveParticipant)
        .route(Method::GET, LINKS, Endpoint::ListLinks)
        .route(Method::POST, LINKS, Endpoint::LinkTickets)
        .route(Method::DELETE, "/v1/tickets/{ticket}/links/{kind}/{to}", Endpoint::UnlinkTickets)
        .route(Method::POST, "/v1/tickets/{ticket}/merge", Endpoint::MergeTickets)
        .route(Method::POST, "/v1/tickets/{ticket}/split", Endpoint::SplitTicket)
}

/// Answers one request.
pub async fn handle<P: Platform>(platform: P, request: Request) -> Response {
    answer(&platform, &request).await.unwrap_or_else(Into::into)
}

async fn answer<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let (endpoint, params) = router().find_for(request)?;
    match endpoint {
        Endpoint::ListParticipants => participants::list_participants(platform, request, &params).await,
        Endpoint::AddParticipant => participants::add_participant(platform, request, &params).await,
        Endpoint::RemoveParticipant => participants::remove_participant(platform, request, &params).await,
        Endpoint::ListLinks => list_links::list_links(platform, request, &params).await,
        Endpoint::LinkTickets => link_tickets::link_tickets(platform, request, &params).await,
        Endpoint::UnlinkTickets => link_tickets::unlink_tickets(platform, request, &params).await,
        Endpoint::MergeTickets => merge_tickets::merge_tickets(platform, request, &params).await,
        Endpoint::SplitTicket => split_ticket::split_ticket(platform, request, &params).await,
    }
}

/// The ticket, to its customer (nobody) or to somebody of the desk.
async fn ticket_for_anybody<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<(Ticket, Option<SignedIn>), Problem> {
    if api::is_by_people(request)? {
        let (ticket, signed_in) =
            api::ticket_as_person(platform, request, params, Action::ReadTicket).await?;
        return Ok((ticket, Some(signed_in)));
    }
    Ok((api::ticket_as_customer(platform, request, params).await?, None))
}

/// The other ticket that a body's `field` names. Another desk's is as good as none.
async fn other_ticket<P: Platform>(
    platform: &P,
    seen: &Ticket,
    field: &str,
    id: &str,
) -> Result<Ticket, Problem> {
    let none = || {
        let detail = format!("The field \"{field}\" must be the id of another ticket of this desk.");
        Problem::invalid_field(field, detail)
    };
    let id = TicketId::parse(id).filter(|id| *id != seen.id).ok_or_else(none)?;
    match ticket(platform, id).await {
        Ok(other) if other.desk == seen.desk => Ok(other),
        Ok(_) | Err(Error::UnknownTicket) => Err(none()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(target_arch = "wasm32")]
tierline_spin::serve!(handle);
