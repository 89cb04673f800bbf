//! `POST /v1/desks/{desk}/lines/{line}/claims`: the next ticket of the line, or 204.

use http::StatusCode;
use tierline_desk::view::Worked;
use tierline_desk::{Error, api, sign_in};
use tierline_domain::people::Action;
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, json, no_content, persons_token};

/// Two durable commits: the entry or what the person has in hand, and the ticket.
pub async fn claim_next<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let signed_in = sign_in(platform, persons_token(request)?).await?;
    signed_in.require(Action::WorkTicket)?;
    let desk = api::desk_param(params)?;
    signed_in.require_own_desk(&desk)?;
    let line = signed_in.desk.line(&api::line_param(params)?).ok_or(Error::UnknownLine)?;
    if !signed_in.person.works_on(&line.id) {
        return Err(Error::Forbidden("You are not on this line. The desk file says who is.").into());
    }
    let operation = api::operation_by_address(platform, request, signed_in.person.id.as_str())?;
    let claimed =
        tierline_desk::claim_next(platform, &signed_in.desk, line, &signed_in.person, &operation).await?;
    let now = Time(platform.now_ms());
    Ok(claimed.map_or_else(no_content, |acted| {
        json(StatusCode::CREATED, &Worked::of(&acted.ticket, &signed_in.desk, now))
    }))
}
