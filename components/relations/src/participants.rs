//! `/v1/tickets/{ticket}/participants`: who is told beside the customer. People add and remove; the customer may look.

use crate::{BODY_BYTES_MAX, ticket_for_anybody};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_desk::view::ParticipantView;
use tierline_desk::{Words, act, api};
use tierline_domain::history::Actor;
use tierline_domain::limits::{EMAIL_CHARS_MAX, NAME_CHARS_MAX};
use tierline_domain::people::Action;
use tierline_domain::secrets::sha256_hex;
use tierline_domain::ticket::{Participant, Ticket};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, no_content, parse_json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParticipantBody {
    address: String,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Serialize)]
struct Listed {
    participants: Vec<ParticipantView>,
}

#[derive(Serialize)]
struct Added {
    participant: Option<ParticipantView>,
    participants: Vec<ParticipantView>,
}

fn views(ticket: &Ticket) -> Vec<ParticipantView> {
    ticket.relations.participants.iter().map(ParticipantView::of).collect()
}

/// Three store reads; one for the customer.
pub async fn list_participants<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (ticket, _) = ticket_for_anybody(platform, request, params).await?;
    Ok(json(StatusCode::OK, &Listed { participants: views(&ticket) }))
}

/// One durable commit. The same address again changes at most the name.
pub async fn add_participant<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let body = parse_json::<ParticipantBody>(request, BODY_BYTES_MAX)?;
    let address = address(&body.address)?;
    let operation = api::operation(platform, request, signed_in.person.id.as_str()).await?;
    let participant = Participant {
        id: id_of(&seen, &address),
        name: api::optional_line::<NAME_CHARS_MAX>("name", body.name.as_deref())?,
        address,
        by: Actor::Person(signed_in.person.id.clone()),
        at: Time(platform.now_ms()),
    };
    let acted = act(platform, &seen, &operation, (Words::Desk, 0), |ticket| {
        ticket.add_participant(participant.clone())
    })
    .await?;
    let known = acted.ticket.relations.participants.iter().find(|known| known.id == participant.id);
    let added = Added { participant: known.map(ParticipantView::of), participants: views(&acted.ticket) };
    Ok(json(StatusCode::CREATED, &added))
}

/// One durable commit; none for somebody who is not told.
pub async fn remove_participant<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (seen, signed_in) = api::ticket_as_person(platform, request, params, Action::WorkTicket).await?;
    let operation = api::operation(platform, request, signed_in.person.id.as_str()).await?;
    let (id, now) = (params.require("participant")?, Time(platform.now_ms()));
    act(platform, &seen, &operation, (Words::None, 0), |ticket| {
        ticket.remove_participant(id, &signed_in.person.id, now)
    })
    .await?;
    Ok(no_content())
}

/// Checked as far as one can without writing to it: one `@` with something before it and a domain after it.
fn address(text: &str) -> Result<String, Problem> {
    let text = api::text::<EMAIL_CHARS_MAX>("address", text)?;
    let sound = text.rsplit_once('@').is_some_and(|(local, domain)| {
        let plain = |part: &str| {
            !part.is_empty()
                && !part.chars().any(|character| character.is_whitespace() || "@<>,;\"".contains(character))
        };
        plain(local)
            && plain(domain)
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    });
    if sound {
        return Ok(text);
    }
    Err(Problem::invalid_field(
        "address",
        "The field \"address\" must be an e-mail address like ada@example.com.",
    ))
}

/// Of one ticket only: the same person's ids in two tickets tell nothing of each other.
fn id_of(ticket: &Ticket, address: &str) -> String {
    let hash = sha256_hex(&[&ticket.salt, ticket.id.as_bytes(), address.to_lowercase().as_bytes()]);
    hash.chars().take(16).collect()
}
