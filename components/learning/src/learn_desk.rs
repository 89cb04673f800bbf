//! `POST /learn`: an edition's examples become what tier 1 loads.

use http::StatusCode;
use serde::Serialize;
use std::sync::Mutex;
use tierline_desk::{Error, Lesson, edition_answers, learnt, write_learnt};
use tierline_domain::ids::DeskId;
use tierline_domain::secrets::texts_sha256;
use tierline_http::{Platform, Problem, Request, Response, json, parse_json};
use tierline_store::OperationId;
use tierline_tier1::examples;
use tierline_triage_engine::{Labelled, Learnt};

/// Bytes of a lesson's name.
const LESSON_BYTES_MAX: usize = 4 * 1024;

/// What came of it.
#[derive(Serialize)]
struct Report {
    /// Examples learnt.
    examples: usize,
    /// Bytes of what was learnt.
    bytes: usize,
}

/// What was learnt lately, by the digest of its examples, the latest last: a desk file that changes elsewhere teaches
/// nothing new, nor does one that is taken back.
static LATELY: Mutex<Vec<(String, Vec<u8>)>> = Mutex::new(Vec::new());
/// Bytes of it that an instance remembers.
const LATELY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Store reads: one, one a page of answers, one a part of what is known already. Learning the same edition again writes nothing.
pub async fn learn_desk<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let lesson = parse_json::<Lesson>(request, LESSON_BYTES_MAX)?;
    let desk = DeskId::parse(&lesson.desk).map_err(|_| Error::UnknownDesk)?;
    let all = edition_answers(platform, &desk, lesson.edition, lesson.answers_pages).await?;
    let examples: Vec<Labelled<'_>> = examples(&all).collect();
    let count = examples.len();
    let known = learnt(platform, &desk, lesson.edition).await?;
    if let Some(bytes) = known.filter(|bytes| Learnt::read(bytes).is_ok()) {
        return Ok(json(StatusCode::OK, &Report { examples: count, bytes: bytes.len() }));
    }
    let bytes = learn(examples);
    let operation = OperationId::fresh(platform.random());
    write_learnt(platform, &desk, lesson.edition, &bytes, &operation).await?;
    Ok(json(StatusCode::OK, &Report { examples: count, bytes: bytes.len() }))
}

fn learn(examples: Vec<Labelled<'_>>) -> Vec<u8> {
    let digest = digest(&examples);
    // Nothing here can leave it half written: a panic elsewhere does not matter.
    let mut lately = LATELY.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let known = lately.iter().position(|(known, _)| *known == digest).map(|index| lately.remove(index));
    let bytes = known.map_or_else(|| Learnt::learn(examples).write(), |(_, bytes)| bytes);
    lately.push((digest, bytes.clone()));
    while lately.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > LATELY_BYTES_MAX {
        lately.remove(0);
    }
    bytes
}

fn digest(examples: &[Labelled<'_>]) -> String {
    texts_sha256(examples.iter().flat_map(|example| {
        let kind = if example.is_trial { "trial" } else { "example" };
        [kind, example.label.unwrap_or_default(), example.language.unwrap_or_default(), example.text]
    }))
}
