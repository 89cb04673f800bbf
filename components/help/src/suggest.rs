//! `POST /d/{desk}/suggestions` `{text}`: public answers that fit what somebody is typing, before they send it.

use crate::library::{Library, Page};
use crate::limits::{
    SUGGESTED_MAX, SUGGESTED_TEXT_CHARS_MAX, SUGGESTION_BYTES_MAX, SUGGESTION_CONFIDENCE_MIN, TYPED_CHARS_MAX,
};
use crate::site::Site;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tierline_contracts::triage::Question;
use tierline_desk::{api, ask_triage};
use tierline_domain::desk::Desk;
use tierline_domain::ticket::Triaged;
use tierline_http::{Platform, Problem, Request, Response, json, parse_json};
use tierline_page::locale;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    text: String,
}

#[derive(Serialize)]
struct Suggestions {
    suggestions: Vec<Suggestion>,
}

#[derive(Serialize)]
struct Suggestion {
    title: String,
    /// How it begins.
    text: String,
    /// The help page that has all of it.
    href: String,
    /// ISO 639-1.
    language: String,
}

/// What tier 1 thinks of, sure or not, as far as it is public; nothing if it has no say. Nothing is kept, and the text is
/// in no address, so that no log has it. Store reads: the desk here and in tier 1, once both know its answers.
pub async fn suggest<P: Platform>(
    platform: &P,
    request: &Request,
    (desk, library, site): (&Desk, &Library, &Site),
) -> Result<Response, Problem> {
    let typed = parse_json::<Typed>(request, SUGGESTION_BYTES_MAX)?;
    let question = Question {
        desk: desk.head.id.to_string(),
        subject: None,
        body: api::text::<TYPED_CHARS_MAX>("text", &typed.text)?,
        locale: locale(request),
    };
    let triaged = ask_triage(platform, desk, &question).await;
    let otherwise = library.best_language(request, desk);
    let suggestions = triaged.map(|triaged| fitting(&triaged, &otherwise, library, desk, site));
    Ok(json(StatusCode::OK, &Suggestions { suggestions: suggestions.unwrap_or_default() }))
}

/// In the language of what was typed; else in the reader's.
fn fitting(
    triaged: &Triaged,
    otherwise: &str,
    library: &Library,
    desk: &Desk,
    site: &Site,
) -> Vec<Suggestion> {
    let shelf = library.shelf(&triaged.language, desk).or_else(|| library.shelf(otherwise, desk));
    let Some(shelf) = shelf else { return vec![] };
    let likely = triaged.candidates.iter().filter(|one| one.confidence >= SUGGESTION_CONFIDENCE_MIN);
    let pages = || shelf.pages.iter().chain(&shelf.others);
    let found = likely.filter_map(|candidate| pages().find(|page| page.id == candidate.label));
    found.map(|page| suggestion(page, site)).take(SUGGESTED_MAX).collect()
}

fn suggestion(page: &Page<'_>, site: &Site) -> Suggestion {
    let mut text: String = page.text.chars().take(SUGGESTED_TEXT_CHARS_MAX).collect();
    if text.len() < page.text.len() {
        text.push('…');
    }
    Suggestion {
        title: page.title.clone(),
        text,
        href: site.article(page.language, page.id),
        language: page.language.to_owned(),
    }
}
