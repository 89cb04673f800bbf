//! `POST /decide`: the contract of `wit/triage.wit`, as JSON.

use crate::believe::believe;
use crate::engines::engine;
use http::StatusCode;
use tierline_contracts::triage::Question;
use tierline_desk::{Error, desk};
use tierline_domain::ids::DeskId;
use tierline_http::{Platform, Problem, Request, Response, json, parse_json};

/// Bytes of a question: the longest text, and room for the rest.
const QUESTION_BYTES_MAX: usize = 256 * 1024;

/// One store read; more only when the desk's answers are new to this instance. `502` if the engine talks nonsense.
pub async fn decide<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let question = parse_json::<Question>(request, QUESTION_BYTES_MAX)?;
    let id = DeskId::parse(&question.desk).map_err(|_| Error::UnknownDesk)?;
    let desk = desk(platform, &id).await?;
    let kept = engine(platform, &desk).await?;
    let said = kept.decide(&question).ok_or("no engine for this desk");
    Ok(match said.and_then(|decision| believe(&desk, &kept, decision)) {
        Ok(decision) => json(StatusCode::OK, &decision),
        // For intake only, which then hands the ticket to people.
        Err(nonsense) => json(StatusCode::BAD_GATEWAY, &nonsense),
    })
}
