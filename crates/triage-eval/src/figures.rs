//! The figures.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Asked;

/// The share of answerable questions that the refusal threshold lets through.
const LET_THROUGH: f64 = 0.95;
/// Bands of confidence that calibration is looked at in.
const BANDS: usize = 10;
const PRECISIONS: [f64; 4] = [0.90, 0.95, 0.97, 0.98];

/// How good the engine is. Shares are 0 to 1; what cannot be said of the questions asked is null.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Questions asked.
    pub questions: usize,
    /// Of them, those that have a label.
    pub in_scope: usize,
    /// Of them, those that have none.
    pub out_of_scope: usize,
    /// Of the questions with a label, the share whose best candidate is it.
    pub accuracy: Option<f64>,
    /// The mean over labels of the harmonic mean of precision and recall, on the questions with a label.
    pub macro_f1: Option<f64>,
    /// The share of out-of-scope questions that is refused by the threshold which lets 95 % of the others through.
    pub oos_recall: Option<f64>,
    /// That threshold.
    pub oos_threshold: Option<f64>,
    /// How many of all questions can be answered at a precision.
    pub coverage: Vec<Coverage>,
    /// The mean distance between confidence and truth, in ten bands of confidence, over all questions.
    pub calibration_error: f64,
    /// Microseconds that deciding one question took.
    pub text_us: f64,
}

/// A point of the curve of precision against coverage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// Of the answered ones, the share that is right.
    pub precision: f64,
    /// Of all questions, out-of-scope ones included, the share that is answered.
    pub answered: f64,
    /// The confidence from which on they are.
    pub threshold: Option<f64>,
}

impl Figures {
    /// Counts what was said. `text_us` is the time a question took, in microseconds.
    pub fn of(asked: &[Asked], text_us: f64) -> Self {
        let in_scope = asked.iter().filter(|asked| asked.label.is_some()).count();
        let right = asked.iter().filter(|asked| is_right(asked)).count();
        let (oos_recall, oos_threshold) = refusal(asked).unzip();
        Self {
            questions: asked.len(),
            in_scope,
            out_of_scope: asked.len() - in_scope,
            accuracy: (in_scope > 0).then(|| right as f64 / in_scope as f64),
            macro_f1: macro_f1(asked),
            oos_recall,
            oos_threshold,
            coverage: coverage(asked),
            calibration_error: calibration_error(asked),
            text_us,
        }
    }
}

fn is_right(asked: &Asked) -> bool {
    asked.label.is_some() && asked.label == asked.said
}

fn macro_f1(asked: &[Asked]) -> Option<f64> {
    // For each label: said rightly, said, meant.
    let mut counts: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for one in asked.iter().filter(|one| one.label.is_some()) {
        if let Some(label) = &one.label {
            let count = counts.entry(label).or_default();
            count.2 += 1;
            count.0 += usize::from(is_right(one));
        }
        if let Some(said) = &one.said {
            counts.entry(said).or_default().1 += 1;
        }
    }
    let meant = counts.values().filter(|(_, _, meant)| *meant > 0);
    let scores: Vec<f64> =
        meant.map(|(right, said, meant)| 2.0 * *right as f64 / (said + meant) as f64).collect();
    (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
}

/// The share of strays refused, and the threshold that refuses them.
fn refusal(asked: &[Asked]) -> Option<(f64, f64)> {
    let sorted = |in_scope: bool| {
        let some = asked.iter().filter(|one| one.label.is_some() == in_scope);
        let mut confidences: Vec<f64> = some.map(|one| one.confidence).collect();
        confidences.sort_by(f64::total_cmp);
        confidences
    };
    let (scope, strays) = (sorted(true), sorted(false));
    // The highest threshold that at least 95 % reach.
    let refused = ((1.0 - LET_THROUGH) * scope.len() as f64 + 1e-9).floor() as usize;
    let threshold = *scope.get(refused)?;
    let below = strays.iter().filter(|confidence| **confidence < threshold).count();
    (!strays.is_empty()).then(|| (below as f64 / strays.len() as f64, threshold))
}

/// Equal confidences are answered together or not at all: no threshold could part them.
fn coverage(asked: &[Asked]) -> Vec<Coverage> {
    let mut sorted: Vec<(f64, bool)> = asked.iter().map(|one| (one.confidence, is_right(one))).collect();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut points: Vec<(f64, usize, usize)> = Vec::new();
    let mut right = 0;
    for (place, (confidence, is_right)) in sorted.iter().enumerate() {
        right += usize::from(*is_right);
        if sorted.get(place + 1).is_none_or(|next| next.0 < *confidence) {
            points.push((*confidence, place + 1, right));
        }
    }
    let reaches = |precision: f64| {
        let enough = points.iter().rfind(|(_, said, right)| *right as f64 >= precision * *said as f64);
        Coverage {
            precision,
            answered: enough.map_or(0.0, |(_, said, _)| *said as f64 / asked.len().max(1) as f64),
            threshold: enough.map(|(threshold, _, _)| *threshold),
        }
    };
    PRECISIONS.into_iter().map(reaches).collect()
}

fn calibration_error(asked: &[Asked]) -> f64 {
    let mut bands = [(0.0f64, 0.0f64); BANDS];
    for one in asked {
        let band = ((one.confidence * BANDS as f64) as usize).min(BANDS - 1);
        if let Some((sure, right)) = bands.get_mut(band) {
            *sure += one.confidence;
            *right += f64::from(u8::from(is_right(one)));
        }
    }
    bands.iter().map(|(sure, right)| (sure - right).abs()).sum::<f64>() / asked.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(label: &str, said: &str, confidence: f64) -> Asked {
        let label = (label != crate::OUT_OF_SCOPE).then(|| label.to_owned());
        Asked { label, said: Some(said.to_owned()), confidence }
    }

    #[test]
    fn figures_are_counted_as_they_are_named() {
        let all = [asked("a", "a", 0.9), asked("a", "b", 0.5), asked("b", "b", 0.8), asked("oos", "b", 0.1)];
        let figures = Figures::of(&all, 1.0);
        assert_eq!((figures.questions, figures.in_scope, figures.out_of_scope), (4, 3, 1));
        assert!((figures.accuracy.unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert!((figures.macro_f1.unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!((figures.oos_recall, figures.oos_threshold), (Some(1.0), Some(0.5)));
        let at_90 = figures.coverage.first().unwrap();
        assert_eq!((at_90.answered, at_90.threshold), (0.5, Some(0.8)));
        assert!((figures.calibration_error - (0.1 + 0.5 + 0.2 + 0.1) / 4.0).abs() < 1e-12);
    }

    #[test]
    fn without_strays_or_labels_it_says_so() {
        let scope = Figures::of(&[asked("a", "a", 0.9)], 1.0);
        assert_eq!((scope.oos_recall, scope.accuracy), (None, Some(1.0)));
        let strays = Figures::of(&[asked("oos", "a", 0.9)], 1.0);
        assert_eq!((strays.oos_recall, strays.accuracy, strays.macro_f1), (None, None, None));
        assert_eq!(Figures::of(&[], 0.0).coverage.first().unwrap().answered, 0.0);
    }

    #[test]
    fn equal_confidences_cannot_be_parted() {
        let all = [asked("a", "a", 0.9), asked("a", "b", 0.9)];
        assert!(Figures::of(&all, 1.0).coverage.iter().all(|point| point.answered == 0.0));
    }
}
