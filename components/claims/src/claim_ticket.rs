//! `PUT /v1/tickets/{ticket}/claim` takes this ticket or renews one's own hold; `DELETE` gives it back.

use http::StatusCode;
use tierline_desk::view::Worked;
use tierline_desk::{Entries, Error, SignedIn, Words, act, act_in_reach, api};
use tierline_domain::people::Action;
use tierline_domain::ticket::{Claim, Ticket};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, no_content};

/// Two durable commits: the ticket, its entry. Where the desk bounds what people have in hand: that, the ticket; its entry after the
/// answer.
pub async fn claim_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    require_line(&signed_in, &seen)?;
    let operation = api::operation(platform, request, signed_in.person.id.as_str()).await?;
    let now = Time(platform.now_ms());
    let claim = Claim {
        person: signed_in.person.id.clone(),
        claim: operation.as_str().to_owned(),
        now,
        lease_s: signed_in.lease_s(&seen),
        place: None,
        marked: false,
    };
    let acted = act_in_reach(
        platform,
        &seen,
        (&signed_in.desk, &signed_in.person.id, &seen.skills),
        &operation,
        now,
        (Words::None, Entries::After),
        &|ticket| ticket.claim(claim.clone()),
    )
    .await?;
    Ok(json(StatusCode::OK, &Worked::of(&acted.ticket, &signed_in.desk, now)))
}

/// Two durable commits: the ticket, its entry.
pub async fn release_ticket<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let operation = api::operation(platform, request, signed_in.person.id.as_str()).await?;
    let now = Time(platform.now_ms());
    act(platform, &seen, &operation, (Words::None, 0), |ticket| ticket.release(&signed_in.person.id, now))
        .await?;
    Ok(no_content())
}

fn require_line(signed_in: &SignedIn, ticket: &Ticket) -> Result<(), Error> {
    if signed_in.person.works_on(&ticket.line) {
        Ok(())
    } else {
        Err(Error::Forbidden(
            "The ticket is in a line that you do not work on. Ask its people to hand it over.",
        ))
    }
}
