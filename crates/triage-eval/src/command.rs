//! `tierline triage eval`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use tierline_triage_engine::Learnt;

use crate::{Asked, Figures, Labelled, OUT_OF_SCOPE, draw, learn, measure, read};

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
    /// Also write what was said to each question: CSV with the columns `text,label,said,confidence`.
    #[arg(long, value_name = "FILE")]
    pub said: Option<PathBuf>,
    /// One JSON object instead of a table.
    #[arg(long)]
    pub json: bool,
}

#[derive(Serialize)]
struct Report {
    examples: usize,
    labels: usize,
    learn_s: f64,
    /// Of what was learnt, as a desk keeps it.
    artefact_bytes: usize,
    /// Milliseconds to read it, its checksum included.
    load_ms: f64,
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
    // What is asked is what a desk asks: read back from the bytes that are kept.
    let artefact = taught.write();
    let started = Instant::now();
    let learnt =
        Learnt::read(&artefact).map_err(|why| anyhow::anyhow!("what was learnt cannot be read: {why:?}"))?;
    let load_ms = started.elapsed().as_secs_f64() * 1e3;
    let (asked, figures) = measure(&learnt, &questions);
    let report = Report {
        examples: examples.len(),
        labels: learnt.labels().len(),
        learn_s,
        artefact_bytes: artefact.len(),
        load_ms,
        figures,
    };
    if let Some(path) = &arguments.said {
        write_said(path, &questions, &asked)?;
    }
    if arguments.json {
        serde_json::to_writer(&mut *out, &report)?;
        writeln!(out)?;
        return Ok(());
    }
    table(&report, out)
}

fn write_said(path: &Path, questions: &[Labelled], asked: &[Asked]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    let mut writer = csv::Writer::from_path(path).with_context(cannot)?;
    writer.write_record(["text", "label", "said", "confidence"])?;
    for (question, asked) in questions.iter().zip(asked) {
        let said = asked.said.as_deref().unwrap_or(OUT_OF_SCOPE);
        let confidence = asked.confidence.to_string();
        writer.write_record([question.text.as_str(), &question.label, said, &confidence])?;
    }
    writer.flush().with_context(cannot)
}

fn table(report: &Report, out: &mut impl Write) -> anyhow::Result<()> {
    let figures = &report.figures;
    let share = |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{:.2} %", 100.0 * share));
    let mut line = |name: &str, value: String| writeln!(out, "{name:<44}{value:>12}");
    line("examples learnt", report.examples.to_string())?;
    line("labels", report.labels.to_string())?;
    line("seconds to learn", format!("{:.2}", report.learn_s))?;
    line("bytes of what was learnt", report.artefact_bytes.to_string())?;
    line("milliseconds to load it", format!("{:.1}", report.load_ms))?;
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
