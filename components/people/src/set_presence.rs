//! `PUT /v1/desks/{desk}/people/{person}/presence`: somebody says that they are at work, away, or ending something.

use crate::person_view::{find, person_param};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_desk::{Error, api, expect_anew, say, staff};
use tierline_domain::limits::PRESENCE_S_MAX;
use tierline_domain::people::{Action, Role};
use tierline_domain::presence::{Presence, Said};
use tierline_domain::time::Time;
use tierline_http::{Params, Platform, Problem, Request, Response, Whole, json, parse_json};

/// Bytes of the body.
const BODY_BYTES_MAX: usize = 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PresenceBody {
    state: Presence,
    #[serde(default)]
    for_s: Option<Whole>,
}

#[derive(Serialize)]
struct Shown {
    presence: Shows,
}

#[derive(Serialize)]
struct Shows {
    person: String,
    state: Presence,
    until: String,
}

/// One's own, or anybody's by the operator. One durable commit, and one more for each line of theirs that has a past: its forecasts
/// tell at once who is there.
pub async fn set_presence<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ReadPeople).await?;
    let id = person_param(params)?;
    if at.role() != Role::Operator && at.person.as_ref().is_none_or(|person| person.id != id) {
        return Err(Error::Forbidden("You can say this of yourself. Of others, ask your operator.").into());
    }
    let staff = staff(platform, &at.desk).await?;
    let (person, _) = find(&staff, &id)?;
    let PresenceBody { state, for_s } = parse_json(request, BODY_BYTES_MAX)?;
    let for_s = for_s.map_or(Some(state.usual_s()), |for_s| u32::try_from(for_s.0).ok());
    let for_s = for_s.filter(|for_s| (1..=PRESENCE_S_MAX).contains(for_s)).ok_or_else(|| {
        let most =
            format!("Say for how long it is so: from 1 to {PRESENCE_S_MAX} seconds. It ends by itself.");
        Problem::invalid_field("for_s", most)
    })?;
    let operation = api::operation(platform, request, at.caller()).await?;
    let said = Said { state, until: Time(platform.now_ms()).plus_s(for_s) };
    let heard = say(platform, &at.desk.head.id, (&id, said), &operation).await?;
    // What is said stands. A forecast that could not be told is told with the next claim.
    let _ = expect_anew(platform, (&at.desk, &staff.people), (person, &heard), &operation).await;
    let shows = Shows { person: id.to_string(), state, until: said.until.to_rfc3339() };
    Ok(json(StatusCode::OK, &Shown { presence: shows }))
}
