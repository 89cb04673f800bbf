//! `GET /v1/desks/{desk}/metrics`: how each line stands, for Prometheus (text format 0.0.4). What the host tells of itself is no
//! desk's; this is, and it is the same under Spin.

use crate::list_lines::{LineView, lines_now};
use std::fmt::Write as _;
use tierline_http::{Params, Platform, Problem, Request, Response, plain_text};

const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A gauge: its name, what it is, a label of its own with its value, and its value for a line.
type Gauge = (&'static str, &'static str, &'static [(&'static str, fn(&LineView) -> Option<f64>)]);

/// Names are ours for good: dashboards and alerts stand on them.
const GAUGES: [Gauge; 9] = [
    ("tierline_line_waiting", "Tickets that nobody has.", &[("", |line| Some(line.waiting.into()))]),
    ("tierline_line_claimed", "Tickets that somebody has.", &[("", |line| Some(line.claimed.into()))]),
    (
        "tierline_line_oldest_wait_seconds",
        "How long the first has been waiting; 0 if none is.",
        &[("", oldest)],
    ),
    ("tierline_line_unserved", "Waiting tickets that nobody who is there can take.", &[("", unserved)]),
    (
        "tierline_line_open",
        "1 within the line's hours, 0 outside.",
        &[("", |line| Some(f64::from(u8::from(line.open))))],
    ),
    ("tierline_line_on_shift", "People who are there.", &[("", |line| Some(count(line.on_shift)))]),
    (
        "tierline_line_people",
        "People who take work from the line, there or not.",
        &[("", |line| Some(count(line.people)))],
    ),
    (
        "tierline_line_forecast_seconds",
        "How long who comes now would wait; missing while too little is known.",
        &[
            (",quantile=\"0.5\"", |line| line.forecast.as_ref().map(|forecast| forecast.median_s.into())),
            (",quantile=\"0.9\"", |line| line.forecast.as_ref().map(|forecast| forecast.p90_s.into())),
        ],
    ),
    (
        "tierline_line_forecast_kept",
        "The share of tickets that was taken within the forecast lately; right would be the quantile itself.",
        &[
            (",quantile=\"0.5\"", |line| line.forecast_score.as_ref().map(|score| score.within_median)),
            (",quantile=\"0.9\"", |line| line.forecast_score.as_ref().map(|score| score.within_p90)),
        ],
    ),
];

fn oldest(line: &LineView) -> Option<f64> {
    #[allow(clippy::cast_precision_loss)] // seconds
    Some(line.oldest_wait_s.unwrap_or(0) as f64)
}

fn unserved(line: &LineView) -> Option<f64> {
    Some(line.nobody_takes.iter().map(|sets| f64::from(sets.waiting)).sum())
}

fn count(people: usize) -> f64 {
    u32::try_from(people).unwrap_or(u32::MAX).into()
}

/// Store reads: those of the lines' view. No commit.
pub async fn show_metrics<P: Platform>(
    platform: &P,
    request: &Request,
    params: &Params,
) -> Result<Response, Problem> {
    let (desk, lines) = lines_now(platform, request, params).await?;
    let mut text = String::new();
    for (name, help, values) in GAUGES {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for line in &lines {
            for (label, value) in values {
                if let Some(value) = value(line) {
                    // Ids are small letters, digits and dashes: nothing to escape.
                    let _ = writeln!(text, "{name}{{desk=\"{desk}\",line=\"{}\"{label}}} {value}", line.id);
                }
            }
        }
    }
    Ok(plain_text(MEDIA_TYPE, text))
}
