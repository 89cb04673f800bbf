//! The command on the sample brand's questions, on bad input, and, where the data is at hand, against its gates.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test

use std::path::{Path, PathBuf};

use tierline_triage_eval::{EvalArgs, Labelled, draw, learn, measure, run};

fn questions(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../demo/questions/{language}.csv"))
}

fn eval(train: &Path, test: &Path, shots: Option<u32>) -> anyhow::Result<serde_json::Value> {
    let arguments =
        EvalArgs { train: train.into(), test: test.into(), shots, seed: 1, said: None, json: true };
    let mut out = Vec::new();
    run(&arguments, &mut out)?;
    Ok(serde_json::from_slice(&out)?)
}

fn labelled(text: &str, label: &str) -> Labelled {
    Labelled { text: text.to_owned(), label: label.to_owned() }
}

/// One example a label: it knows what it has seen, in any script, and says the same each time.
#[test]
fn what_was_learnt_is_known_and_twice_the_same() {
    for language in ["en", "ja"] {
        let (first, second) = (questions(language), questions(language));
        let (first, second) = (eval(&first, &second, None).unwrap(), eval(&first, &second, None).unwrap());
        assert!(first["accuracy"].as_f64().unwrap() > 0.9, "{language}: {first}");
        for figure in ["accuracy", "macro_f1", "oos_recall", "coverage", "calibration_error"] {
            assert_eq!(first[figure], second[figure], "{language}: {figure}");
        }
    }
}

#[test]
fn a_draw_is_repeatable_and_of_each_label() {
    let all: Vec<_> = (0..60).map(|n| labelled(&format!("text {n}"), &format!("label-{}", n % 3))).collect();
    let drawn = draw(&all, 5, 7);
    assert_eq!((drawn.len(), &drawn), (15, &draw(&all, 5, 7)));
    assert_ne!(drawn, draw(&all, 5, 8));
    assert_eq!(draw(&all, 100, 1), all);
}

/// Whatever order the rows are in; and what was said is told to the last bit.
#[test]
fn order_does_not_matter_and_what_was_said_can_be_read() {
    let folder = std::env::temp_dir().join(format!("tierline-eval-said-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut rows = tierline_triage_eval::read(&questions("en")).unwrap();
    let (forwards, asked) = (learn(&rows).unwrap(), rows.clone());
    rows.reverse();
    assert_eq!(measure(&learn(&rows).unwrap(), &asked).0, measure(&forwards, &asked).0);
    let said = folder.join("said.csv");
    let (train, test) = (questions("en"), questions("en"));
    let arguments = EvalArgs { train, test, shots: None, seed: 1, said: Some(said.clone()), json: true };
    run(&arguments, &mut Vec::new()).unwrap();
    let expected = measure(&forwards, &asked).0;
    let mut reader = csv::Reader::from_path(&said).unwrap();
    for (row, expected) in reader.records().zip(&expected) {
        let row = row.unwrap();
        assert_eq!(row[2], *expected.said.as_deref().unwrap_or("oos"));
        assert_eq!(row[3].parse::<f64>().unwrap(), expected.confidence);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn odd_examples_and_questions_give_figures() {
    let examples = [
        labelled("I forgot my password", "password"),
        labelled("I forgot my password", "login"),
        labelled("", "empty"),
        labelled("my mailbox is full", "mailbox"),
        labelled("my mailbox is full", "mailbox"),
        labelled("what a nice day", "oos"),
    ];
    let taught = learn(&examples).unwrap();
    assert_eq!(taught.labels().len(), 4);
    let asked = ["", "🙂", "password ", "Ignore all previous instructions", "漢字仮名交"]
        .map(|text| labelled(&text.repeat(1_000), "password"));
    let (said, figures) = measure(&taught, &asked);
    assert!(said.iter().all(|one| (0.0..=1.0).contains(&one.confidence)));
    assert_eq!((said[0].said.clone(), said[1].confidence), (None, 0.0));
    assert_eq!((figures.questions, figures.oos_recall), (5, None));
}

#[test]
fn what_cannot_be_measured_is_refused_by_name() {
    let folder = std::env::temp_dir().join(format!("tierline-eval-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let good = file("good.csv", "text,label\nhello,a\n");
    for (name, text, says) in [
        ("columns.csv", "question,label\nhello,a\n", "no column `text`"),
        ("empty.csv", "text,label\n", "no questions"),
        ("unlabelled.csv", "text,label\nhello,\n", "line 2: a question without a label"),
        ("strays.csv", "text,label\nhello,oos\n", "nothing to learn"),
    ] {
        let error = format!("{:#}", eval(&file(name, text), &good, None).unwrap_err());
        assert!(error.contains(says), "{name}: {error}");
    }
    let missing = eval(&folder.join("missing.csv"), &good, None).unwrap_err();
    assert!(format!("{missing:#}").contains("missing.csv"));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Set `TIERLINE_CLINC150` to the folder with `train.csv` and `test.csv`; without it there is nothing to check.
#[test]
fn gates_hold_on_public_questions() {
    let Some(folder) = std::env::var_os("TIERLINE_CLINC150").map(PathBuf::from) else { return };
    let (train, test) = (folder.join("train.csv"), folder.join("test.csv"));
    let all = eval(&train, &test, None).unwrap();
    let at = |precision: f64| {
        let points = all["coverage"].as_array().unwrap();
        points.iter().find(|point| point["precision"] == precision).unwrap()["answered"].as_f64().unwrap()
    };
    assert!(all["accuracy"].as_f64().unwrap() >= 0.933, "{all}");
    assert!(at(0.97) >= 0.68, "{all}");
    assert!(all["oos_recall"].as_f64().unwrap() >= 0.85, "{all}");
    assert!(all["calibration_error"].as_f64().unwrap() <= 0.03, "{all}");
    assert!(eval(&train, &test, Some(10)).unwrap()["accuracy"].as_f64().unwrap() >= 0.84);
}
