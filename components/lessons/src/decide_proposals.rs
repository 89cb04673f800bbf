//! `POST /v1/desks/{desk}/proposals`: accepts and refuses, in bulk. Nothing is learnt by it: an accepted example waits for
//! an operator to put it into the desk file.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_desk::{Error, api, decide_proposals as decide, say_once};
use tierline_domain::ids::TicketId;
use tierline_domain::limits::PROPOSALS_MAX;
use tierline_domain::people::Action;
use tierline_http::{Params, Platform, Problem, Request, Response, json, parse_json};

/// Bytes of the body: every proposal there can be, twice.
const DECISION_BYTES_MAX: usize = 48 * 1024;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Decision {
    accept: Vec<String>,
    refuse: Vec<String>,
}

/// How what was named stands now.
#[derive(Serialize)]
struct Decided {
    accepted: Vec<String>,
    /// Refused, or no proposals at all.
    gone: Vec<String>,
    open: usize,
}

/// Two store reads to sign in, one, and one durable commit if anything changes, with a new key one more. Twice is once.
pub async fn decide_proposals<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::OperateDesk).await?;
    let decision = parse_json::<Decision>(request, DECISION_BYTES_MAX)?;
    let accept = tickets("accept", &decision.accept)?;
    let refuse = tickets("refuse", &decision.refuse)?;
    if accept.iter().any(|ticket| refuse.contains(ticket)) {
        let detail = "A ticket stands in \"accept\" and in \"refuse\". Leave it in one of them.";
        return Err(Problem::invalid_field("refuse", detail));
    }
    let operation = api::operation(platform, request, at.caller()).await?;
    let desk = &at.desk.head.id;
    let answer = async || -> Result<_, Problem> {
        let left = decide(platform, desk, (&accept, &refuse), &operation).await?;
        let named = || accept.iter().chain(&refuse);
        let is_accepted = |ticket: &&TicketId| left.find(**ticket).is_some_and(|known| known.accepted);
        let decided = Decided {
            accepted: named().filter(is_accepted).map(ToString::to_string).collect(),
            gone: named().filter(|ticket| left.find(**ticket).is_none()).map(ToString::to_string).collect(),
            open: left.all.iter().filter(|proposal| !proposal.accepted).count(),
        };
        serde_json::to_value(decided).map_err(|error| Error::Configuration(error.to_string()).into())
    };
    // Where nothing changes nothing is written that would know the request again.
    Ok(json(StatusCode::OK, &say_once(platform, desk.as_str(), &operation, answer).await?))
}

fn tickets(field: &str, ids: &[String]) -> Result<Vec<TicketId>, Problem> {
    if ids.len() > PROPOSALS_MAX {
        let detail =
            format!("The field \"{field}\" has more than {PROPOSALS_MAX} tickets. Send them in parts.");
        return Err(Problem::invalid_field(field, detail));
    }
    let parsed: Option<Vec<TicketId>> = ids.iter().map(|id| TicketId::parse(id)).collect();
    parsed.ok_or_else(|| {
        Problem::invalid_field(field, format!("The field \"{field}\" must be a list of tickets' ids."))
    })
}
