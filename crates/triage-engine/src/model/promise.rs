//! From which confidence on an answer is right as often as was promised.

use serde::{Deserialize, Serialize};

/// One-sided 95 % of a normal distribution.
const NORMAL_95: f64 = 1.645;
/// Steps of confidence that a promise is looked for at.
const STEPS: u32 = 200;
/// With fewer trials that reach a confidence nothing is promised from it.
const TRIALS_MIN: f64 = 20.0;

/// What was said of a text that was held out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Trial {
    /// The number of the label said.
    pub said: u16,
    /// Other labels that were nearly as likely.
    pub close: Vec<u16>,
    pub confidence: f32,
    pub right: bool,
    /// What it counts beside others.
    pub worth: f32,
}

/// What can be promised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Promise {
    /// From this confidence on, 0 to 1.
    From(f64),
    /// Too few examples to tell; or they contradict each other too much.
    Never,
}

/// The lowest confidence from which on so large a share of the trials is right, by the lower 95 % bound. A share of
/// nothing is always promised.
pub(crate) fn promise<'a>(trials: impl Iterator<Item = &'a Trial> + Clone, precision: f64) -> Promise {
    let keeps = |least: f64| {
        let (mut all, mut right) = (0.0, 0.0);
        for trial in trials.clone().filter(|trial| f64::from(trial.confidence) >= least) {
            all += f64::from(trial.worth);
            right += if trial.right { f64::from(trial.worth) } else { 0.0 };
        }
        all >= TRIALS_MIN && lower_bound(right, all) >= precision
    };
    if precision <= 0.0 {
        return Promise::From(0.0);
    }
    let steps = (0..STEPS).map(|step| f64::from(step) / f64::from(STEPS));
    steps.into_iter().find(|least| keeps(*least)).map_or(Promise::Never, Promise::From)
}

/// The lower end of Wilson's interval.
fn lower_bound(right: f64, all: f64) -> f64 {
    let share = right / all;
    let square = NORMAL_95 * NORMAL_95;
    let middle = share + square / (2.0 * all);
    let spread = NORMAL_95 * (share * (1.0 - share) / all + square / (4.0 * all * all)).sqrt();
    (middle - spread) / (1.0 + square / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(confidence: f32, right: bool) -> Trial {
        Trial { said: 0, close: vec![], confidence, right, worth: 1.0 }
    }

    #[test]
    fn few_trials_promise_nothing_and_many_promise_what_they_show() {
        let sure = |count| (0..count).map(|_| trial(0.9, true)).collect::<Vec<_>>();
        assert_eq!(promise([].iter(), 0.5), Promise::Never);
        assert_eq!(promise(sure(50).iter(), 0.97), Promise::Never);
        assert_eq!(promise(sure(200).iter(), 0.97), Promise::From(0.0));
    }

    #[test]
    fn the_threshold_is_above_where_mistakes_are() {
        let mut trials: Vec<_> = (0..400).map(|_| trial(0.9, true)).collect();
        trials.extend((0..100).map(|number| trial(0.4, number % 2 == 0)));
        let Promise::From(threshold) = promise(trials.iter(), 0.97) else { panic!("no promise") };
        assert!(threshold > 0.4 && threshold <= 0.9, "{threshold}");
        assert_eq!(promise(trials.iter(), 0.999), Promise::Never);
    }
}
