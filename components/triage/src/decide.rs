//! `POST /decide`: the contract of `wit/triage.wit`, as JSON.

use crate::engines::engine;
use http::StatusCode;
use tierline_contracts::triage::Question;
use tierline_desk::{Error, desk};
use tierline_domain::ids::DeskId;
use tierline_http::{Platform, Problem, Request, Response, json, parse_json};

/// Bytes of a question: the longest text, and room for the rest.
const QUESTION_BYTES_MAX: usize = 256 * 1024;

/// One store read; more only when the desk's answers are new to this instance.
pub async fn decide<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let question = parse_json::<Question>(request, QUESTION_BYTES_MAX)?;
    let id = DeskId::parse(&question.desk).map_err(|_| Error::UnknownDesk)?;
    let desk = desk(platform, &id).await?;
    let engine = engine(platform, &desk).await?;
    Ok(json(StatusCode::OK, &engine.decide(&question)))
}
