//! `tierline lines`: how the lines of a running desk stand, and what was handed over between them.

use clap::Subcommand;
use serde_json::Value;
use ureq::http::Method;

use crate::api::Client;
use crate::exit::Failure;
use crate::output;
use crate::people::At;

/// What is looked at.
#[derive(Debug, Subcommand)]
pub enum Lines {
    /// Who waits and how long, who is there, how long who comes now would wait, and what nobody there can take.
    #[command(after_help = "Examples:
  tierline lines show --desk harborline
  tierline lines show --desk harborline --json | jq '.lines[] | select(.nobody_takes != [])'

FORECAST is the median and the 90th percentile for who comes now; HELD is how often waits stayed within each.")]
    Show {
        /// Which desk, and how to reach it.
        #[command(flatten)]
        at: At,
    },
    /// Hand-overs by month, line and kind of reason: how many, and how long until somebody took them.
    #[command(after_help = "Example:
  tierline lines handovers --desk harborline")]
    Handovers {
        /// Which desk, and how to reach it.
        #[command(flatten)]
        at: At,
    },
}

/// Shows it.
pub fn run(command: &Lines) -> Result<(), Failure> {
    let (at, rest, print): (_, _, fn(&Value) -> String) = match command {
        Lines::Show { at } => (at, "lines", lines),
        Lines::Handovers { at } => (at, "handovers", handovers),
    };
    let path = format!("/v1/desks/{}/{rest}", at.desk);
    let answer = Client::new(&at.server)?.send(Method::GET, &path, None, &[])?;
    if at.json { output::json(&answer.body) } else { output::line(&print(&answer.body)) }
}

fn lines(body: &Value) -> String {
    let lines = items(body, "lines");
    let row = |line: &Value| {
        vec![
            text(line, "/id"),
            // Where many wait, the far end is as last counted.
            format!("{}{}", if line["exact"] == false { "~" } else { "" }, text(line, "/waiting")),
            duration(line.pointer("/oldest_wait_s")),
            text(line, "/claimed"),
            format!("{} of {}", text(line, "/on_shift"), text(line, "/people")),
            opening(line),
            forecast(line),
            score(line),
        ]
    };
    let headings = ["line", "waiting", "oldest", "claimed", "there", "open", "forecast", "held"];
    let mut shown = output::table(&headings, lines.iter().map(row));
    for line in lines {
        for unserved in items(line, "nobody_takes") {
            let skills = items(unserved, "skills").iter().filter_map(Value::as_str).collect::<Vec<_>>();
            let there =
                if unserved["somebody_away"] == true { "who could is not there" } else { "nobody could" };
            let (id, waiting) = (text(line, "/id"), text(unserved, "/waiting"));
            let what = format!("{id}: {waiting} waiting for {}, and {there}", skills.join(", "));
            shown.push('\n');
            shown.push_str(&output::printable(&what));
        }
    }
    shown
}

fn handovers(body: &Value) -> String {
    let row = |row: &Value| {
        let figures = ["/month", "/from", "/to", "/kind", "/count", "/taken"];
        let delays = ["/mean_delay_s", "/max_delay_s"];
        let figures = figures.iter().map(|at| text(row, at));
        figures.chain(delays.iter().map(|at| duration(row.pointer(at)))).collect()
    };
    let headings = ["month", "from", "to", "kind", "count", "taken", "mean delay", "longest"];
    output::table(&headings, items(body, "handovers").iter().map(row))
}

fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(value: &Value, at: &str) -> String {
    match value.pointer(at) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "-".to_owned(),
        Some(other) => other.to_string(),
    }
}

fn opening(line: &Value) -> String {
    match (&line["open"], line["opens_at"].as_str()) {
        (Value::Bool(true), _) => "yes".to_owned(),
        (_, Some(at)) => format!("from {at}"),
        _ => "no".to_owned(),
    }
}

fn forecast(line: &Value) -> String {
    match line["no_forecast"].as_str() {
        Some("few_claims") => "too little known".to_owned(),
        Some("nobody_on_shift") => "nobody there".to_owned(),
        Some(other) => other.to_owned(),
        None => format!(
            "{} / {}",
            duration(line.pointer("/forecast/median_s")),
            duration(line.pointer("/forecast/p90_s"))
        ),
    }
}

fn score(line: &Value) -> String {
    let share =
        |at: &str| line.pointer(at).and_then(Value::as_f64).map(|share| format!("{:.0}%", 100.0 * share));
    match (share("/forecast_score/within_median"), share("/forecast_score/within_p90")) {
        (Some(median), Some(p90)) => format!("{median} / {p90}"),
        _ => "-".to_owned(),
    }
}

/// Seconds as people say them: `40s`, `12m`, `3h05m`, `2d04h`.
fn duration(seconds: Option<&Value>) -> String {
    match seconds.and_then(Value::as_u64) {
        None => "-".to_owned(),
        Some(seconds @ 0..60) => format!("{seconds}s"),
        Some(seconds @ 60..3_600) => format!("{}m", seconds / 60),
        Some(seconds @ 3_600..86_400) => format!("{}h{:02}m", seconds / 3_600, seconds / 60 % 60),
        Some(seconds) => format!("{}d{:02}h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test
    use super::*;
    use crate::stub::{serve, server};
    use serde_json::json;
    use tierline_domain::ids::DeskId;

    #[test]
    fn each_command_is_one_call() {
        let folder = tempfile::tempdir().unwrap();
        let answers =
            vec![(200, "", r#"{"lines":[]}"#.to_owned()), (200, "", r#"{"handovers":[]}"#.to_owned())];
        let (url, asked) = serve(answers);
        let at = || At {
            desk: DeskId::parse("harborline").unwrap(),
            server: server(&url, folder.path()),
            json: false,
        };
        run(&Lines::Show { at: at() }).unwrap();
        run(&Lines::Handovers { at: at() }).unwrap();
        let lines: Vec<_> = asked.join().unwrap().iter().map(|asked| asked.line.clone()).collect();
        assert_eq!(lines, ["GET /v1/desks/harborline/lines", "GET /v1/desks/harborline/handovers"]);
    }

    #[test]
    fn a_line_is_a_row_and_what_nobody_takes_stands_below() {
        let shown = lines(&json!({"lines": [
            {"id": "care", "waiting": 3, "claimed": 1, "exact": true, "oldest_wait_s": 754, "open": true, "opens_at": null,
             "on_shift": 2, "people": 5, "forecast": {"median_s": 600, "p90_s": 4000}, "nobody_takes": [],
             "forecast_score": {"judged": 40, "within_median": 0.512, "within_p90": 0.9}},
            {"id": "admins", "waiting": 900, "claimed": 0, "exact": false, "oldest_wait_s": 90_000, "open": false,
             "opens_at": "2026-11-23T08:00:00.000Z", "on_shift": 0, "people": 1, "forecast": null,
             "no_forecast": "nobody_on_shift", "forecast_score": null,
             "nobody_takes": [{"skills": ["lang:ja"], "missing": ["lang:ja"], "waiting": 2, "somebody_away": false}]},
        ]}));
        let rows: Vec<Vec<&str>> = shown.lines().map(|row| row.split_whitespace().collect()).collect();
        assert_eq!(rows[1], "care 3 12m 1 2 of 5 yes 10m / 1h06m 51% / 90%".split(' ').collect::<Vec<_>>());
        assert!(
            shown.contains("~900") && shown.contains("1d01h") && shown.contains("nobody there"),
            "{shown}"
        );
        assert!(shown.ends_with("\nadmins: 2 waiting for lang:ja, and nobody could"), "{shown}");
    }

    #[test]
    fn handovers_are_rows() {
        let shown = handovers(&json!({"handovers": [
            {"month": "2026-11", "from": "care", "to": "admins", "kind": "too_hard", "count": 7, "taken": 0,
             "mean_delay_s": null, "max_delay_s": null},
        ]}));
        assert!(shown.lines().nth(1).unwrap().ends_with("too_hard  7      0      -           -"), "{shown}");
    }
}
