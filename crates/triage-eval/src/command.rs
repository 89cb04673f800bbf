//! `tierline triage eval`.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use crate::{Figures, draw, learn, measure, read};

/// What `tierline triage eval` can be told.
#[derive(Debug, Clone, Args)]
pub struct EvalArgs {
    /// The examples to learn: CSV with the columns `text,label`; the label `oos` means none of the others.
    #[arg(long, value_name = "FILE")]
    pub train: PathBuf,
    /// The questions to ask, likewise.
    #[arg(long, value_name = "FILE")]
    pub test: PathBuf,
    /// Learn only so many examples of each label, drawn by the seed.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub shots: Option<u32>,
    /// What the draw begins with.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// One JSON object instead of a table.
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Report {
    examples: usize,
    labels: usize,
    learn_s: f64,
    #[serde(flatten)]
    figures: Figures,
}

/// Learns, asks and prints. Times aside, the same files print the same figures.
///
/// # Errors
/// Names the file, line or option at fault.
pub fn run(arguments: &EvalArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let mut examples = read(&arguments.train)?;
    let questions = read(&arguments.test)?;
    if let Some(shots) = arguments.shots {
        examples = draw(&examples, shots as usize, arguments.seed);
    }
    let started = Instant::now();
    let taught = learn(&examples)?;
    let learn_s = started.elapsed().as_secs_f64();
    let (_, figures) = measure(&taught, &questions);
    let report = Report { examples: examples.len(), labels: taught.labels(), learn_s, figures };
    if arguments.json {
        serde_json::to_writer(&mut *out, &report)?;
        writeln!(out)?;
        return Ok(());
    }
    table(&report, out)
}

fn table(report: &Report, out: &mut impl Write) -> anyhow::Result<()> {
    let figures = &report.figures;
    let share = |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{:.2} %", 100.0 * share));
    let mut line = |name: &str, value: String| writeln!(out, "{name:<44}{value:>12}");
    line("examples learnt", report.examples.to_string())?;
    line("labels", report.labels.to_string())?;
    line("seconds to learn", format!("{:.2}", report.learn_s))?;
    line("questions asked", figures.questions.to_string())?;
    line("  of them out of scope", figures.out_of_scope.to_string())?;
    line("accuracy in scope", share(figures.accuracy))?;
    line("macro F1 in scope", share(figures.macro_f1))?;
    line("out of scope refused, 95 % let through", share(figures.oos_recall))?;
    for point in &figures.coverage {
        line(
            &format!("answered of all at {:.0} % precision", 100.0 * point.precision),
            share(Some(point.answered)),
        )?;
    }
    line("calibration error", share(Some(figures.calibration_error)))?;
    line("microseconds a text", format!("{:.0}", figures.text_us))?;
    Ok(())
}
