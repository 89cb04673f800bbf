//! Where a ticket stands, asked of the component that knows: the code for positions and forecasts is carried by
//! `standings` and not by those who show what it says.

use crate::Error;
use crate::cover::cover;
use crate::posted::post;
use crate::queue::{Standing, standing};
use std::time::Duration;
use tierline_domain::ticket::Ticket;
use tierline_domain::time::Time;
use tierline_http::{Platform, Request, json};

/// Who knows, and how long it may take: a ticket is safe whatever becomes of this.
const COMPONENT: &str = "standings";
const DEADLINE: Duration = Duration::from_secs(5);

/// Where a ticket stands among all that wait in its line, and whether somebody is there who can take it; nothing if it is in none, or
/// if that cannot be told now. A call, and what [`standing`] reads; what [`cover`] reads where it may have changed.
pub async fn ask_standing<P: Platform>(platform: &P, ticket: &Ticket) -> Option<Standing> {
    ticket.stay.as_ref()?;
    let request = post("/standing", ticket)?;
    let answer = platform.call(COMPONENT, request, DEADLINE).await.ok()?;
    if !answer.status().is_success() {
        return None;
    }
    tierline_json::from_json::<Option<Standing>>(answer.body()).ok().flatten()
}

/// What [`ask_standing`] is answered: of a ticket as it was stored.
pub async fn answer_standing<P: Platform>(
    platform: &P,
    request: &Request,
) -> Result<tierline_http::Response, Error> {
    let ticket = tierline_json::from_json::<Ticket>(request.body())
        .map_err(|error| Error::Configuration(error.to_string()))?;
    let now = Time(platform.now_ms());
    let standing = match standing(platform, &ticket, now).await? {
        Some((standing, said_at)) if is_doubtful(&ticket, said_at) => {
            Some(Standing { cover: cover(platform, &ticket, now).await, ..standing })
        }
        found => found.map(|(standing, _)| standing),
    };
    Ok(json(http::StatusCode::OK, &standing))
}

/// Whether somebody may be there, or gone, since it was looked at: it has just come, nobody was there, or somebody of the line said
/// something since it came. The tick sees the ends of shifts.
fn is_doubtful(ticket: &Ticket, said_at: Option<Time>) -> bool {
    let is_new = !ticket.owed.is_empty();
    let came = ticket.stay.as_ref().map(|stay| stay.place.e);
    is_new || ticket.unserved.is_some() || said_at.is_some_and(|said| came.is_none_or(|came| said >= came))
}
