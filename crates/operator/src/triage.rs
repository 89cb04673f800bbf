//! `tierline triage`: how good tier 1's engine is. The measuring itself is `tierline-triage-eval`'s.

use clap::Subcommand;
use tierline_triage_eval::EvalArgs;

use crate::exit::{ExitKind, Failure};
use crate::output;

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
}

/// Does what was asked.
pub fn run(command: &Triage) -> Result<(), Failure> {
    let Triage::Eval(arguments) = command;
    let mut printed = Vec::new();
    tierline_triage_eval::run(arguments, &mut printed).map_err(|error| {
        let advice = "give CSV files whose first line names the columns text and label";
        Failure::new(ExitKind::MissingInput, format!("{error:#}"), advice)
    })?;
    output::line(String::from_utf8_lossy(&printed).trim_end())
}
