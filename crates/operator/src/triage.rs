//! `tierline triage`: how good tier 1's engine is, and what became of its answers. The measuring itself is `tierline-triage-eval`'s.

use std::collections::BTreeMap;

use clap::Subcommand;
use serde_json::{Value, json};
use tierline_domain::ids::TicketId;
use tierline_domain::limits::PROPOSALS_MAX;
use tierline_triage_eval::EvalArgs;
use ureq::http::Method;

use crate::api::{Body, Client};
use crate::exit::{ExitKind, Failure};
use crate::output::{self, printable};
use crate::people::At;
use crate::try_file::{self, TryArgs};

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
    /// Try a desk file on the desk's own history: which of the last questions would be answered otherwise than they were.
    #[command(after_help = "Examples:
  tierline triage try desk.toml --state-dir /var/lib/tierline
  tierline triage try desk.toml --state-dir .spin --last 2000 --json | jq '.changes[] | select(.change == \"lost\")'

Nothing is published, and the database is only read, also while the desk runs. BEFORE is the answer that tier 1 gave alone
then, with what its customer said of it; AFTER is what it would give by this file; PEOPLE is the canned answer that people
gave. No question is printed: `tierline triage proposals` and the ticket itself have its words.")]
    Try(TryArgs),
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
    /// Customers' questions that could be examples: those that people answered by a canned answer, and those whose reply
    /// was liked and could become one.
    #[command(after_help = "Examples:
  tierline triage proposals --desk harborline
  tierline triage proposals --desk harborline --accepted

With --accepted it prints what was accepted as lines for the desk file, by answer and language. Read them, take names and the
like out, put them into the answer's examples, and publish. `tierline desk rollback` takes them back.")]
    Proposals {
        /// Which desk, and how to reach it.
        #[command(flatten)]
        at: At,
        /// Those that were accepted, as lines for the desk file.
        #[arg(long)]
        accepted: bool,
    },
    /// Accept and refuse proposals.
    #[command(after_help = "Examples:
  tierline triage decide --desk harborline --accept 01a20158-7335-77b1-a3f3-437b78ed1c7b
  tierline triage decide --desk harborline --refuse ID,ID,ID --accept ID,ID

A proposal is named by its ticket. Nothing is learnt before it stands in the desk file. What was accepted can be refused later.")]
    Decide {
        /// Which desk, and how to reach it.
        #[command(flatten)]
        at: At,
        /// Tickets whose question is a good example.
        #[arg(long, value_delimiter = ',', value_name = "TICKET,...", value_parser = ticket_id)]
        accept: Vec<TicketId>,
        /// Tickets whose question is none.
        #[arg(long, value_delimiter = ',', value_name = "TICKET,...", value_parser = ticket_id, required_unless_present = "accept")]
        refuse: Vec<TicketId>,
    },
}

fn ticket_id(text: &str) -> Result<TicketId, &'static str> {
    TicketId::parse(text).ok_or("a proposal is named by its ticket's id")
}

/// Does what was asked.
pub fn run(command: &Triage) -> Result<(), Failure> {
    match command {
        Triage::Eval(arguments) => eval(arguments),
        Triage::Try(arguments) => try_file::run(arguments),
        Triage::Statistics { at } => {
            let path = format!("/v1/desks/{}/answers/statistics", at.desk);
            let answer = Client::new(&at.server)?.send(Method::GET, &path, None, &[])?;
            if at.json { output::json(&answer.body) } else { output::line(&statistics(&answer.body)) }
        }
        Triage::Proposals { at, accepted } => {
            let all = all_proposals(at, if *accepted { "accepted" } else { "open" })?;
            match (at.json, accepted) {
                (true, _) => output::json(&json!({ "proposals": all })),
                (false, true) => output::line(&examples(&all)),
                (false, false) => output::line(&proposals(&all)),
            }
        }
        Triage::Decide { at, accept, refuse } => {
            let ids = |ids: &[TicketId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
            let body = Body::json(&json!({"accept": ids(accept), "refuse": ids(refuse)}));
            let path = format!("/v1/desks/{}/proposals", at.desk);
            let answer = Client::new(&at.server)?.send(Method::POST, &path, Some(body), &[])?.body;
            let count = |name: &str| answer.get(name).and_then(Value::as_array).map_or(0, Vec::len);
            match at.json {
                true => output::json(&answer),
                false => output::line(&format!(
                    "{} accepted, {} gone, {} open",
                    count("accepted"),
                    count("gone"),
                    at_pointer(&answer, "/open")
                )),
            }
        }
    }
}

fn at_pointer<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
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
            let counts: Vec<String> =
                names.iter().map(|name| at_pointer(row, &format!("/{from}/{name}")).to_string()).collect();
            counts.join(" / ")
        };
        let names = ["offered", "accepted", "refused", "reopened"];
        let liked = |name: &str| {
            let of = |from: &str| at_pointer(row, &format!("/{from}/{name}")).as_u64().unwrap_or(0);
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

/// Page by page.
fn all_proposals(at: &At, state: &str) -> Result<Vec<Value>, Failure> {
    let client = Client::new(&at.server)?;
    let (mut all, mut after) = (vec![], String::new());
    // As many pages as there can be.
    for _ in 0..PROPOSALS_MAX {
        let path = format!("/v1/desks/{}/proposals?state={state}&limit=50{after}", at.desk);
        let mut body = client.send(Method::GET, &path, None, &[])?.body;
        if let Some(page) = body.pointer_mut("/proposals").and_then(Value::as_array_mut) {
            all.append(page);
        }
        match at_pointer(&body, "/next_after").as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    Ok(all)
}

fn proposals(all: &[Value]) -> String {
    let row = |one: &Value| {
        let text = |name: &str| printable(one[name].as_str().unwrap_or("-"));
        let cut = if one["cut"] == true { " (cut)" } else { "" };
        let answer = one["answer_id"].as_str().map_or("(a new one)".to_owned(), printable);
        vec![text("ticket"), answer, text("language"), format!("{}{cut}", text("text"))]
    };
    output::table(&["ticket", "answer", "language", "question"], all.iter().map(row))
}

/// Lines for a desk file, by answer and language. What a liked reply would answer comes last, with the reply.
fn examples(all: &[Value]) -> String {
    let mut by_answer: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let mut new = String::new();
    for one in all {
        let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        match one["answer_id"].as_str() {
            Some(answer) => {
                by_answer.entry((answer.to_owned(), text("language"))).or_default().push(text("text"));
            }
            None => {
                let (language, question, reply) =
                    (text("language"), quoted(&text("text")), quoted(&text("reply")));
                new.push_str(&format!(
                    "# a new answer\ntext.{language} = {reply}\nexamples.{language} = [{question}]\n"
                ));
            }
        }
    }
    let mut lines = String::new();
    for ((answer, language), texts) in by_answer {
        lines.push_str(&format!("# {}\nexamples.{} = [\n", printable(&answer), printable(&language)));
        texts.iter().for_each(|text| lines.push_str(&format!("  {},\n", quoted(text))));
        lines.push_str("]\n");
    }
    format!("{lines}{new}").trim_end().to_owned()
}

/// As a basic string of TOML: what JSON escapes, and the one control character that only TOML forbids.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007f")
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
    let said = match at_pointer(row, "/verdicts/standing").as_str() {
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
    fn proposals_are_read_to_the_last_page_and_become_lines_of_a_desk_file() {
        let folder = tempfile::tempdir().unwrap();
        let id = "01a20158-7335-77b1-a3f3-437b78ed1c7b";
        let one = json!({"ticket": id, "answer_id": "mail", "language": "en", "text": "My \"mail\"\u{7f}?",
                         "cut": false, "reply": null});
        let new = json!({"ticket": id, "answer_id": null, "language": "es", "text": "¿Y esto?", "cut": true,
                         "reply": "Así.\nListo."});
        let page = |one: &Value, next: Value| json!({"proposals": [one], "next_after": next}).to_string();
        let answers = vec![
            (200, "", page(&one, json!(id))),
            (200, "", page(&new, Value::Null)),
            (200, "", json!({"accepted": [id], "gone": [], "open": 4}).to_string()),
        ];
        let (url, asked) = serve(answers);
        let desk = DeskId::parse("harborline").unwrap();
        let at = At { desk, server: server(&url, folder.path()), json: false };
        let all = all_proposals(&at, "accepted").unwrap();
        let accept = vec![TicketId::parse(id).unwrap()];
        run(&Triage::Decide { at, accept, refuse: vec![] }).unwrap();
        let lines: Vec<_> = asked.join().unwrap().iter().map(|asked| asked.line.clone()).collect();
        let path = "/v1/desks/harborline/proposals";
        let first = format!("GET {path}?state=accepted&limit=50");
        assert_eq!(lines, [first.clone(), format!("{first}&after={id}"), format!("POST {path}")]);
        let shown = examples(&all);
        let file: toml::Table = shown.split("# a new answer").next().unwrap().parse().unwrap();
        assert_eq!(file["examples"]["en"][0].as_str(), Some("My \"mail\"\u{7f}?"), "{shown}");
        let file: toml::Table = shown.split("# a new answer").nth(1).unwrap().parse().unwrap();
        assert_eq!(file["text"]["es"].as_str(), Some("Así.\nListo."), "{shown}");
        let table = proposals(&all);
        assert!(table.contains("(a new one)") && table.contains("¿Y esto? (cut)"), "{table}");
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
