//! `POST /settle`: pays what a ticket owes, and answers once it is paid.

use http::StatusCode;
use tierline_desk::settling::{Settling, Whole, settle_answered, settle_asked};
use tierline_domain::ticket::Ticket;
use tierline_http::{Platform, Problem, ProblemKind, Request, Response, json, no_content};
use tierline_json::from_json;

/// The commits and reads of what it pays, none of its own. What it cannot pay stays owed in the ticket.
pub async fn settle_ticket<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let settling = from_json::<Settling<Ticket>>(request.body()).map_err(|error| {
        Problem::new(ProblemKind::MalformedJson, "Send the ticket as it was stored, and the pages seen.")
            .because(error)
    })?;
    settle_answered(platform, settling).await?;
    Ok(no_content())
}

/// `POST /settle/whole`: the same for whoever waits until it is paid. As many reads and commits as it takes.
pub async fn settle_whole<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let whole = from_json::<Whole>(request.body())
        .map_err(|error| Problem::new(ProblemKind::MalformedJson, "Send the ticket's id.").because(error))?;
    Ok(json(StatusCode::OK, &settle_asked(platform, whole).await?))
}
