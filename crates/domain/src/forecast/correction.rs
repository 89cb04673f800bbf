//! What forecasts missed by, in like cases: quantile regression, one step for each forecast that is judged.

use super::Standing;
use serde::{Deserialize, Serialize};

/// Which case a forecast is, in each of several ways of looking at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cells([u8; WAYS]);

/// Ways of looking: place in the line, claims before it for each person, advantage, time of day.
const WAYS: usize = 4;
/// Cases in each.
const CASES: usize = 8;

const AHEAD: [f64; 5] = [1.0, 2.0, 4.0, 8.0, 16.0];
const CLAIMS: [f64; 5] = [0.5, 1.0, 1.5, 2.5, 4.0];
const ADVANTAGE_S: [f64; 6] = [1.0, 300.0, 700.0, 1200.0, 2400.0, 4800.0];
const HOURS_A_CASE: u8 = 3;

/// In which cases a ticket is that stands so, with so many claims to each person before it is taken.
pub(super) fn cells(standing: Standing, claims: f64, hour: u8) -> Cells {
    let case = |value: f64, bounds: &[f64]| {
        u8::try_from(bounds.iter().filter(|bound| value >= **bound).count()).unwrap_or_default()
    };
    Cells([
        case(f64::from(standing.ahead), &AHEAD),
        case(claims, &CLAIMS),
        case(standing.advantage_s, &ADVANTAGE_S),
        hour / HOURS_A_CASE,
    ])
}

/// For each case the logarithm of a factor; a forecast's factor is the product over its cases. Each step moves a factor
/// up by what was missed and down by what should have been missed. It comes to rest only where, in every case of every
/// way of looking, as many are missed as should be: the forecasts are right for the near and the far, the few and the many.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Correction {
    #[serde(rename = "m")]
    median: [[f32; CASES]; WAYS],
    #[serde(rename = "p")]
    p90: [[f32; CASES]; WAYS],
    #[serde(rename = "n")]
    seen: [[u16; CASES]; WAYS],
}

/// How far the first steps go, and the later ones: conditions change, so they never quite end.
const STEP_FIRST: f64 = 0.15;
const STEP_LEAST: f64 = 0.015;
/// No case's factor is further than this from 1, as a logarithm.
const LOG_FACTOR_MAX: f32 = 1.5;

impl Correction {
    /// Factors for the median and for the 90th percentile.
    pub(super) fn factors(&self, cells: &Cells) -> (f64, f64) {
        let sum = |table: &[[f32; CASES]; WAYS]| {
            let way = |(row, case): (&[f32; CASES], &u8)| {
                f64::from(row.get(usize::from(*case)).copied().unwrap_or_default())
            };
            table.iter().zip(&cells.0).map(way).sum::<f64>()
        };
        (sum(&self.median).exp(), sum(&self.p90).exp())
    }

    /// One forecast was judged: the probability that each of its quantiles was missed.
    pub(super) fn learn(&mut self, cells: &Cells, missed_median: f64, missed_p90: f64) {
        for (way, case) in cells.0.iter().enumerate() {
            let case = usize::from(*case);
            let Some(seen) = self.seen.get_mut(way).and_then(|row| row.get_mut(case)) else { continue };
            *seen = seen.saturating_add(1);
            let step = (STEP_FIRST / f64::from(*seen).sqrt()).max(STEP_LEAST);
            // The 90th percentile is missed rarely: its steps go further.
            move_factor(&mut self.median, way, case, step * (missed_median - 0.5));
            move_factor(&mut self.p90, way, case, 2.0 * step * (missed_p90 - 0.1));
        }
    }
}

fn move_factor(table: &mut [[f32; CASES]; WAYS], way: usize, case: usize, by: f64) {
    if let Some(factor) = table.get_mut(way).and_then(|row| row.get_mut(case)) {
        #[allow(clippy::cast_possible_truncation)] // Small numbers.
        let moved = *factor + by as f32;
        *factor = moved.clamp(-LOG_FACTOR_MAX, LOG_FACTOR_MAX);
    }
}
