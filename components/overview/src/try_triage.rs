//! `POST /v1/desks/{desk}/triage`: what tier 1 would make of a text. No ticket is made.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_contracts::triage::Question;
use tierline_desk::api::{optional_line, optional_text, text};
use tierline_desk::{Error, api, ask_triage, people, say_once};
use tierline_domain::desk::{Desk, Difficulty, skills_on_line};
use tierline_domain::limits::{BODY_CHARS_MAX, LOCALE_CHARS_MAX, SUBJECT_CHARS_MAX};
use tierline_domain::people::{Action, required};
use tierline_domain::placeholders::Filling;
use tierline_domain::ticket::{Candidate, Triaged};
use tierline_http::{Params, Platform, Problem, Request, Response, json, parse_json};

/// Bytes of a body: the longest text, and room for the rest.
const BODY_BYTES_MAX: usize = 256 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TriageBody {
    text: String,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    locale: Option<String>,
}

#[derive(Serialize)]
struct Tried {
    /// Whether tier 1 would answer, or people would.
    verdict: &'static str,
    answer: Option<AnswerTried>,
    line: String,
    department: String,
    difficulty: Difficulty,
    urgent: bool,
    language: String,
    skills: Vec<String>,
    skills_wanted: Vec<String>,
    decided_by: String,
    rule: String,
    candidates: Vec<Candidate>,
    answers_version: u64,
    policy_version: u64,
}

#[derive(Serialize)]
struct AnswerTried {
    answer_id: String,
    /// As the customer would read it, in the desk's voice.
    text: String,
    language: String,
    in_customers_language: bool,
    confidence: f64,
}

/// Two store reads to sign in, what tier 1 reads, and the people if skills are wanted; no commit. With an idempotency key
/// one read more, and for a new one a commit: what was said is said again.
pub async fn try_triage<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::TryTriage).await?;
    let operation = api::operation(platform, request, at.caller()).await?;
    let body = parse_json::<TriageBody>(request, BODY_BYTES_MAX)?;
    let question = Question {
        desk: at.desk.head.id.to_string(),
        subject: optional_line::<SUBJECT_CHARS_MAX>("subject", body.subject.as_deref())?,
        body: text::<BODY_CHARS_MAX>("text", &body.text)?,
        locale: optional_text::<LOCALE_CHARS_MAX>("locale", body.locale.as_deref())?,
    };
    let answer = async || -> Result<_, Problem> {
        let mut triaged = ask_triage(platform, &at.desk, &question).await.ok_or(Error::UnknownLine)?;
        triaged.skills_wanted.clone_from(&triaged.skills);
        if !triaged.skills.is_empty() {
            let people = people(platform, &at.desk).await?;
            triaged.skills = skills_on_line(&at.desk.policy, &people, &triaged.line, (&triaged.skills, ""));
        }
        serde_json::to_value(tried(&at.desk, triaged))
            .map_err(|error| Error::Configuration(error.to_string()).into())
    };
    Ok(json(StatusCode::OK, &say_once(platform, at.desk.head.id.as_str(), &operation, answer).await?))
}

fn tried(desk: &Desk, triaged: Triaged) -> Tried {
    let answer = triaged.answer.map(|(id, language, in_customers_language, confidence, text)| AnswerTried {
        answer_id: id.to_string(),
        text: desk.speak(&language, &text, Filling::default()),
        language,
        in_customers_language,
        confidence,
    });
    Tried {
        verdict: if answer.is_some() { "answer" } else { "route" },
        answer,
        line: triaged.line.to_string(),
        department: triaged.department,
        difficulty: triaged.difficulty,
        urgent: triaged.urgent,
        language: triaged.language,
        skills: required(&triaged.skills).map(str::to_owned).collect(),
        skills_wanted: triaged.skills_wanted,
        decided_by: triaged.decided_by,
        rule: triaged.rule,
        candidates: triaged.candidates,
        answers_version: triaged.answers_version,
        policy_version: desk.version,
    }
}
