//! Whole histories of the desk, each from one seed: who asks and who works, which store and how it lies, which instance
//! dies at which await, which clock jumps, whether the tick comes. [`play`] plays one and gathers evidence;
//! [`CHECKERS`] judge it and use none of the desk's code.
//!
//! `cargo xtask simulate --seed N --runs M` plays so many from N on; one alone is printed, and is the same each time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // test support

mod actors;
mod checkers;
mod client;
mod history;
pub mod limits;
mod plan;
mod play;

pub use checkers::{CHECKERS, Checker, Wrong, choices, full_hands};
pub use history::{Hold, InHand, Moment, Spoken, What};
pub use plan::{Plan, Tick, Weather};
pub use play::{Evidence, play};

/// What came of one history.
pub struct Verdict {
    /// All there was to look at; none if it did not come to an end.
    pub evidence: Option<Evidence>,
    /// The checker's name, and what it found wrong.
    pub wrong: Vec<(&'static str, Wrong)>,
}

/// Plays the history of this plan, and judges it.
pub fn judge(plan: &Plan) -> Verdict {
    judge_and_trace(plan, false)
}

/// The same; the evidence has the store's calls too, which takes longer to write down.
///
/// Each in a thread of its own: what an instance keeps, as tier 1 does its engine, is kept by the thread here, and every history
/// begins without it.
pub fn judge_and_trace(plan: &Plan, with_trace: bool) -> Verdict {
    let mine = plan.clone();
    let played = std::thread::spawn(move || play(&mine, with_trace)).join();
    match played {
        Ok(Ok(evidence)) => Verdict { wrong: look(&evidence), evidence: Some(evidence) },
        Ok(Err(error)) => Verdict { evidence: None, wrong: vec![("progress", error.to_string())] },
        Err(_) => Verdict {
            evidence: None,
            wrong: vec![("progress", "it panicked; the words are above".to_owned())],
        },
    }
}

/// What the checkers find.
pub fn look(evidence: &Evidence) -> Vec<(&'static str, Wrong)> {
    let found = |checker: &Checker| {
        let name = checker.name;
        (checker.look)(evidence).into_iter().map(move |wrong| (name, wrong)).collect::<Vec<_>>()
    };
    CHECKERS.iter().flat_map(found).collect()
}
