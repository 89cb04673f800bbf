//! `tierline triage`: how good tier 1's engine is, and what became of its answers. The measuring itself is `tierline-triage-eval`'s.

use clap::Subcommand;
use serde_json::Value;
use tierline_triage_eval::EvalArgs;
use ureq::http::Method;

use crate::api::Client;
use crate::exit::{ExitKind, Failure};
use crate::output;
use crate::people::At;

/// What `tierline triage` can do.
#[derive(Debug, Subcommand)]
pub enum Triage {
    /// Learn one file of labelled questions, ask another, and print how good the answers are.
    #[command(after_help = "Examples:
  tierline triage eval --train train.csv --test test.csv
  tierline triage eval --train train.csv --test test.csv --shots 10 --seed 1 --json | jq .accuracy

The files are CSV with the columns text,label; the label oos means that a text belongs to none of the others.
Ends with 0 when it has measured, 66 if a file cannot be read or has nothing to measure.")]
    Eval(EvalArgs),
    /// What became of each answer of a running desk: given, solved, not helped, liked; which are held back, and why.
    #[command(after_help = "Examples:
  tierline triage statistics --desk harborline
  tierline triage statistics --desk harborline --json | jq '.answers[] | select(.held_back) | .answer_id'

ALONE is what tier 1 gave without a person: offered / solved / did not help / came back. PEOPLE is the same for what
people gave. RIGHT has the latest verdicts on tier 1's choice, with the 95 % bounds of the share that is right. An answer
HURTS when the upper bound is below what the desk wants: tier 1 then only suggests it, until its texts change or people
solve with it.")]
    Statistics {
        /// Which desk, and how to reach it.
        #[command(flatten)]
        at: At,
    },
}

/// Does what was asked.
pub fn run(command: &Triage) -> Result<(), Failure> {
    match command {
        Triage::Eval(arguments) => eval(arguments),
        Triage::Statistics { at } => {
            let path = format!("/v1/desks/{}/answers/statistics", at.desk);
            let answer = Client::new(&at.server)?.send(Method::GET, &path, None, &[])?;
            if at.json { output::json(&answer.body) } else { output::line(&statistics(&answer.body)) }
        }
    }
}

fn eval(arguments: &EvalArgs) -> Result<(), Failure> {
    let mut printed = Vec::new();
    tierline_triage_eval::run(arguments, &mut printed).map_err(|error| {
        let advice = "give CSV files whose first line names the columns text and label";
        Failure::new(ExitKind::MissingInput, format!("{error:#}"), advice)
    })?;
    output::line(String::from_utf8_lossy(&printed).trim_end())
}

fn statistics(body: &Value) -> String {
    let answers = body["answers"].as_array().map_or(&[][..], Vec::as_slice);
    let row = |row: &Value| {
        let count = |from: &str, names: &[&str]| {
            let counts: Vec<String> = names.iter().map(|name| row[from][*name].to_string()).collect();
            counts.join(" / ")
        };
        let names = ["offered", "accepted", "refused", "reopened"];
        let liked = |name: &str| {
            let of = |from: &str| row[from][name].as_u64().unwrap_or(0);
            of("alone") + of("by_people")
        };
        vec![
            row["answer_id"].as_str().unwrap_or("-").to_owned(),
            format!("{}{}", row["since_version"], if row["latest"] == true { "" } else { " (past)" }),
            count("alone", &names),
            count("by_people", &names),
            format!("{} / {}", liked("liked"), liked("disliked")),
            right(&row["verdicts"]),
            standing(row),
        ]
    };
    let headings = ["answer", "since", "alone", "people", "liked", "right", "standing"];
    output::table(&headings, answers.iter().map(row))
}

fn right(verdicts: &Value) -> String {
    let share = |name: &str| verdicts[name].as_f64().map(|share| format!("{:.0}", 100.0 * share));
    match (share("right_at_least"), share("right_at_most")) {
        (Some(least), Some(most)) => {
            format!("{} of {} ({least}-{most}%)", verdicts["right"], verdicts["count"])
        }
        _ => "-".to_owned(),
    }
}

fn standing(row: &Value) -> String {
    let said = match row["verdicts"]["standing"].as_str() {
        Some("too_little") => "too little data",
        Some("keeps") => "keeps the target",
        Some("hurts") => "HURTS",
        _ => "not shown yet",
    };
    format!("{said}{}", if row["held_back"] == true { ", held back" } else { "" })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test
    use super::*;
    use crate::stub::{serve, server};
    use serde_json::json;
    use tierline_domain::ids::DeskId;

    #[test]
    fn statistics_are_one_call() {
        let folder = tempfile::tempdir().unwrap();
        let (url, asked) = serve(vec![(200, "", r#"{"answers":[]}"#.to_owned())]);
        let desk = DeskId::parse("harborline").unwrap();
        let at = At { desk, server: server(&url, folder.path()), json: false };
        run(&Triage::Statistics { at }).unwrap();
        assert_eq!(asked.join().unwrap()[0].line, "GET /v1/desks/harborline/answers/statistics");
    }

    #[test]
    fn each_version_of_an_answer_is_a_row() {
        let shown = statistics(&json!({"answers": [
            {"answer_id": "mail", "since_version": 4, "latest": true, "held_back": true,
             "alone": {"offered": 30, "accepted": 3, "refused": 8, "reopened": 1, "liked": 2, "disliked": 5},
             "by_people": {"offered": 4, "accepted": 1, "refused": 0, "reopened": 0, "liked": 1, "disliked": 0},
             "verdicts": {"count": 12, "right": 3, "right_at_least": 0.104, "right_at_most": 0.482,
                          "standing": "hurts"}},
            {"answer_id": "mail", "since_version": 1, "latest": false, "held_back": false,
             "alone": {"offered": 1, "accepted": 0, "refused": 0, "reopened": 0, "liked": 0, "disliked": 0},
             "by_people": {"offered": 0, "accepted": 0, "refused": 0, "reopened": 0, "liked": 0, "disliked": 0},
             "verdicts": {"count": 0, "right": 0, "right_at_least": null, "right_at_most": null,
                          "standing": "too_little"}},
        ]}));
        let rows: Vec<&str> = shown.lines().collect();
        let words = |row: &str| row.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(
            words(rows[1]),
            "mail 4 30 / 3 / 8 / 1 4 / 1 / 0 / 0 3 / 5 3 of 12 (10-48%) HURTS, held back"
        );
        assert_eq!(words(rows[2]), "mail 1 (past) 1 / 0 / 0 / 0 0 / 0 / 0 / 0 0 / 0 - too little data");
    }
}
