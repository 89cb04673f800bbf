//! How sure a match is: the chance that the label is right, read from how well it fits.
//!
//! The constants lie between two logistic regressions, neither of which saw the sample brand's questions:
//!
//! | on | intercept | lead | coverage |
//! | --- | --- | --- | --- |
//! | the sample brand's examples, each held out in turn, whole labels too | -2.4 | 11.2 | 2.3 |
//! | CLINC150's test questions, 64 labels of ten examples each (mean of three draws) | -2.9 | 10.8 | 4.7 |
//!
//! The first is too strict, since a desk's examples are written to differ from each other; the second too kind,
//! since its questions were written beside its examples.
//! `cargo test -p tierline-triage-engine --release curve -- --ignored --nocapture` prints the first again.

use crate::index::Fit;

const INTERCEPT: f64 = -2.6;
const LEAD_SLOPE: f64 = 11.0;
const COVERAGE_SLOPE: f64 = 3.5;

/// What the regression sees of a match: one, the lead over the best rival, the part of the question it explains.
pub(crate) fn features(fit: Fit, rival: f64) -> [f64; 3] {
    [1.0, fit.score - rival, fit.coverage]
}

/// The chance, 0 to 1, that a label with this fit is right when the best of the others scores `rival`.
/// Never falls when the lead or the coverage rises.
pub(crate) fn confidence(fit: Fit, rival: f64) -> f64 {
    // Nothing but small words in common is nothing in common.
    if fit.score <= 0.0 || fit.coverage <= 0.0 {
        return 0.0;
    }
    let slopes = [INTERCEPT, LEAD_SLOPE, COVERAGE_SLOPE];
    let logit: f64 = features(fit, rival).iter().zip(slopes).map(|(feature, slope)| feature * slope).sum();
    1.0 / (1.0 + (-logit).exp())
}
