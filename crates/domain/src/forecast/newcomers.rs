//! Who comes later and stands ahead: by a head start, or by the time they have waited elsewhere.

use crate::limits::FORECAST_NEWCOMERS_MAX;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The last tickets of a line: when each entered, and by how many seconds its virtual arrival lay before that.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Newcomers(VecDeque<(Time, u32)>);

/// Who came longer ago says nothing about who comes now.
const SINCE_S_MAX: f64 = 3.0 * 3600.0;

impl Newcomers {
    pub(super) fn came(&mut self, entered: Time, advantage_s: f64) {
        if self.0.len() >= FORECAST_NEWCOMERS_MAX {
            self.0.pop_front();
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Saturates, which is right.
        self.0.push_back((entered, advantage_s.max(0.0).round() as u32));
    }

    /// How many are expected to come within `wait_s` from now and to stand ahead of a ticket with this advantage. One
    /// that comes `s` seconds later stands ahead if its advantage is greater by more than `s`.
    pub(super) fn ahead_within(&self, now: Time, advantage_s: f64, wait_s: f64) -> f64 {
        #[allow(clippy::cast_precision_loss)] // Hours.
        let age_s = |entered: Time| now.since_ms(entered) as f64 / 1000.0;
        let recent = || self.0.iter().filter(|(entered, _)| age_s(*entered) <= SINCE_S_MAX);
        let span_s = recent().map(|(entered, _)| age_s(*entered)).fold(0.0, f64::max);
        if span_s <= 0.0 {
            return 0.0;
        }
        let ahead_s = |advantage: u32| (f64::from(advantage) - advantage_s).clamp(0.0, wait_s);
        recent().map(|(_, advantage)| ahead_s(*advantage)).sum::<f64>() / span_s.max(SPAN_S_MIN)
    }
}

/// A handful within a minute is no rate.
const SPAN_S_MIN: f64 = 600.0;
