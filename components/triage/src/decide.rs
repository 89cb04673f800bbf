//! `POST /decide`: the contract of `wit/triage.wit`, as JSON.

use crate::engines::engine;
use crate::speak::speak;
use http::StatusCode;
use tierline_contracts::triage::Question;
use tierline_desk::{Error, desk};
use tierline_domain::ids::DeskId;
use tierline_http::{Platform, Problem, ProblemKind, Request, Response, json, parse_json};

/// Bytes of a question: the longest text, and room for the rest.
const QUESTION_BYTES_MAX: usize = 256 * 1024;

/// One store read; more only when the desk's answers are new to this instance. `502` if the engine talks nonsense.
pub async fn decide<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let question = parse_json::<Question>(request, QUESTION_BYTES_MAX)?;
    let id = DeskId::parse(&question.desk).map_err(|_| Error::UnknownDesk)?;
    let desk = desk(platform, &id).await?;
    let kept = engine(platform, &desk).await?;
    let said = kept.decide(&question).ok_or("it does not open for this desk");
    let decision = said.and_then(|decision| speak(&kept, decision)).map_err(|why| {
        Problem::new(ProblemKind::EngineFailed, "Hand the question to people; the log has the reason.")
            .because(format!("tier 1's engine: {why}"))
    })?;
    Ok(json(StatusCode::OK, &decision))
}
