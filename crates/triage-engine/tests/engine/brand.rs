//! The sample brand as the engine wants it.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tierline_contracts::triage::{Difficulty, Question};
use tierline_triage_engine::{Settings, Topic, TopicKind};

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo")
}

fn desk() -> toml::Table {
    std::fs::read_to_string(demo().join("desk.toml")).unwrap().parse().unwrap()
}

/// As the brand's own policy has them.
pub fn settings() -> Settings {
    let desk = desk();
    let policy = |name: &str| desk["policy"].get(name).and_then(toml::Value::as_float);
    let defaults = Settings::default();
    let confidence_min = policy("triage_confidence_min").unwrap_or(defaults.confidence_min);
    Settings {
        precision: policy("triage_precision").unwrap_or(defaults.precision),
        confidence_min,
        route_confidence_min: confidence_min / 2.0,
        languages: desk["desk"]["languages"].clone().try_into().unwrap(),
        ..defaults
    }
}

pub fn topics() -> Vec<Topic> {
    let desk = desk();
    let all = |key: &str| desk[key].as_array().unwrap().clone();
    all("answers").iter().chain(&all("routes")).map(|entry| topic(entry.as_table().unwrap())).collect()
}

fn topic(entry: &toml::Table) -> Topic {
    let text = |key: &str| entry.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    let id = text("id").unwrap();
    let kind = match entry.get("text") {
        Some(texts) => TopicKind::Answer { texts: texts.clone().try_into().unwrap() },
        None => TopicKind::Route,
    };
    let difficulty = text("difficulty").unwrap();
    Topic {
        named: entry.contains_key("named"),
        id,
        kind,
        line: text("line").unwrap_or_else(|| "care".into()),
        department: text("department").unwrap(),
        difficulty: Difficulty::deserialize(&difficulty),
        skills: vec![],
        urgent: entry.get("urgent").and_then(|v| v.as_bool()).unwrap_or(false),
        examples: entry["examples"].clone().try_into().unwrap(),
        trials: entry.get("trials").map(|trials| trials.clone().try_into().unwrap()).unwrap_or_default(),
    }
}

trait FromName {
    fn deserialize(name: &str) -> Self;
}

impl FromName for Difficulty {
    fn deserialize(name: &str) -> Self {
        serde_json::from_value(name.into()).unwrap()
    }
}

pub struct Labelled {
    pub text: String,
    pub label: String,
}

/// The unseen questions by language.
pub fn questions() -> BTreeMap<String, Vec<Labelled>> {
    let mut files: Vec<_> =
        std::fs::read_dir(demo().join("questions")).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    files.sort();
    files
        .into_iter()
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), read(&path)))
        .collect()
}

fn read(path: &Path) -> Vec<Labelled> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (text, label) = (column("text"), column("label"));
    let rows = reader.records().map(|row| row.unwrap());
    rows.map(|row| Labelled { text: row[text].to_owned(), label: row[label].to_owned() }).collect()
}

pub fn question(body: &str) -> Question {
    Question { desk: "harborline".into(), subject: None, body: body.into(), locale: None }
}
