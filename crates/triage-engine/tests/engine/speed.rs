//! Building and deciding stay quick with the sample brand. The bounds leave room for a slow, busy machine; the
//! numbers are printed.

use std::time::{Duration, Instant};

use crate::brand::{question, questions, topics};
use tierline_triage_engine::{Engine, Learnt, Settings, examples};

fn time<T>(work: impl Fn() -> T) -> Duration {
    let once = || {
        let started = Instant::now();
        std::hint::black_box(work());
        started.elapsed()
    };
    (0..5).map(|_| once()).min().unwrap_or_default()
}

#[test]
fn building_and_deciding_are_quick() {
    let topics = topics();
    let started = Instant::now();
    let learnt = Learnt::learn(examples(&topics));
    let learn = started.elapsed();
    let bytes = learnt.write();
    let read = || Learnt::read(&bytes).unwrap_or_else(|why| panic!("{why:?}"));
    let load = time(|| Engine::load(&topics, read(), Settings::default(), 1).is_ok());
    let engine =
        Engine::load(&topics, read(), Settings::default(), 1).unwrap_or_else(|why| panic!("{why:?}"));
    let all: Vec<_> = questions().into_values().flatten().map(|asked| question(&asked.text)).collect();
    let normal = time(|| all.iter().map(|asked| engine.decide(asked)).collect::<Vec<_>>()) / all.len() as u32;
    let story: String = all.iter().map(|asked| format!("{} ", asked.body)).collect();
    let prose = question(&story.chars().cycle().take(20_000).collect::<String>());
    let words = question(
        &(0..3_300).map(|n| format!("{}pass ", char::from(b'a' + (n % 26) as u8))).collect::<String>(),
    );
    let (prose, words) = (time(|| engine.decide(&prose)), time(|| engine.decide(&words)));
    println!(
        "learn {learn:?}, {} bytes, load {load:?}, decide {normal:?}, 20,000 characters of prose {prose:?}, of words {words:?}",
        bytes.len()
    );
    assert!(learn < Duration::from_secs(60) && load < Duration::from_secs(1));
    assert!(normal < Duration::from_millis(200));
    assert!(prose < Duration::from_secs(10) && words < Duration::from_secs(10));
}
