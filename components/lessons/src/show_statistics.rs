//! `GET /v1/desks/{desk}/answers/statistics`: what became of each answer, by version of its texts. Has no text.

use http::StatusCode;
use serde::Serialize;
use std::cmp::Reverse;
use tierline_desk::{Error, api, lessons};
use tierline_domain::lessons::{Counts, Row, Standing};
use tierline_domain::limits::{LESSON_VERDICTS_KEPT, LESSON_VERDICTS_MIN};
use tierline_domain::people::Action;
use tierline_http::{Params, Platform, Problem, Request, Response, json};

#[derive(Serialize)]
struct Statistics {
    /// The share of right answers that the desk wants.
    precision: f64,
    /// With fewer verdicts nothing is said.
    verdicts_min: u32,
    /// Older verdicts count no more.
    verdicts_kept: u32,
    answers: Vec<AnswerView>,
}

#[derive(Serialize)]
struct AnswerView {
    answer_id: String,
    /// The version of the desk file that these texts were first seen with.
    since_version: u64,
    /// Whether no later texts of it were given.
    latest: bool,
    alone: CountsView,
    by_people: CountsView,
    verdicts: VerdictsView,
    /// Whether tier 1 only suggests it.
    held_back: bool,
}

#[derive(Serialize)]
struct CountsView {
    offered: u32,
    accepted: u32,
    refused: u32,
    reopened: u32,
    liked: u32,
    disliked: u32,
}

#[derive(Serialize)]
struct VerdictsView {
    count: u32,
    right: u32,
    /// The share that is right is at least this, and at most that, 95 times of 100 for each.
    right_at_least: Option<f64>,
    right_at_most: Option<f64>,
    standing: &'static str,
}

/// Store reads: two to sign in, and one. No commit. For the operator and for quality.
pub async fn show_statistics<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let at = api::at_desk(platform, request, params, Action::ReadTicket).await?;
    if !at.role().may(Action::ReadFigures) {
        return Err(Error::Forbidden("These figures are for operators and for quality.").into());
    }
    let lessons = lessons(platform, &at.desk.head.id).await?;
    let precision = at.desk.policy.triage_precision;
    let held_back = at.desk.held_back();
    let latest = lessons.latest();
    let view = |row: &Row| {
        let is_latest = latest.get(&row.answer).is_some_and(|latest| latest.since == row.since);
        let is_held = is_latest && held_back.binary_search(&row.answer).is_ok();
        AnswerView::of(row, precision, (is_latest, is_held))
    };
    let mut answers: Vec<AnswerView> = lessons.rows.iter().map(view).collect();
    answers.sort_by(|a, b| a.order().cmp(&b.order()));
    let (verdicts_min, verdicts_kept) = (LESSON_VERDICTS_MIN, LESSON_VERDICTS_KEPT);
    Ok(json(StatusCode::OK, &Statistics { precision, verdicts_min, verdicts_kept, answers }))
}

impl AnswerView {
    fn of(row: &Row, precision: f64, (latest, held_back): (bool, bool)) -> Self {
        let bounds = row.latest.bounds();
        let verdicts = VerdictsView {
            count: row.latest.count,
            right: row.latest.right(),
            right_at_least: bounds.map(|(least, _)| rounded(least)),
            right_at_most: bounds.map(|(_, most)| rounded(most)),
            standing: match row.latest.standing(precision) {
                Standing::TooLittle => "too_little",
                Standing::Open => "open",
                Standing::Keeps => "keeps",
                Standing::Hurts => "hurts",
            },
        };
        Self {
            answer_id: row.answer.to_string(),
            since_version: row.version,
            latest,
            alone: CountsView::of(row.alone),
            by_people: CountsView::of(row.people),
            verdicts,
            held_back,
        }
    }

    /// Those that are held back first, then the most given.
    fn order(&self) -> (Reverse<bool>, Reverse<u32>, &str, Reverse<u64>) {
        let given = self.alone.offered.saturating_add(self.by_people.offered);
        (Reverse(self.held_back), Reverse(given), &self.answer_id, Reverse(self.since_version))
    }
}

impl CountsView {
    fn of(counts: Counts) -> Self {
        let Counts { offered, accepted, refused, reopened, liked, disliked } = counts;
        Self { offered, accepted, refused, reopened, liked, disliked }
    }
}

/// Three decimals: more would pretend.
fn rounded(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}
