//! How long a place in a line will take: median and 90th percentile, from the line's own recent past and the people on shift.
//!
//! A ticket with `n` free tickets ahead is taken at the `n + 1`-th claim. The line's [`Pace`] says how much time of people
//! one claim has cost while somebody was waiting, so that people who also work elsewhere, breaks and wrap-up are in it. Who
//! comes later and stands ahead ([`Newcomers`]) is added. The sum of so many claims has a gamma distribution, wider where the
//! pace is known from few claims; its quantiles are time of people, which the [`Staffing`] turns into time on the clock, shift
//! changes included. Last, what earlier forecasts missed by in like cases corrects both quantiles ([`Correction`]).
//!
//! No forecast is made where the past is thin or nobody is going to come: [`Thin`] says which.

mod correction;
mod line;
mod newcomers;
mod pace;
mod plan;
mod spread;
mod staffing;

pub use correction::{Cells, Correction};
pub use line::{LineOutlook, Taken, Told};
pub use newcomers::Newcomers;
pub use pace::Pace;
pub use plan::{Expected, Plan, Recent};
pub use staffing::{Staffing, Stretch};

use crate::limits::FORECAST_S_MAX;
use crate::time::Time;
use correction::cells;
use serde::{Deserialize, Serialize};
use spread::{Spread, survival};

/// Where a ticket stands when it is forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// Free tickets ahead of it.
    pub ahead: u32,
    /// Seconds by which its virtual arrival lies before now: its head start, and what it has waited.
    pub advantage_s: f64,
    /// Of the people on the line, the share who can take it: from over 0 to 1.
    pub fitting: f64,
}

/// A predicted wait. Half of such tickets are taken by the median, nine of ten by the 90th percentile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// Seconds from now.
    pub median_s: u32,
    /// Seconds from now, never less than the median.
    pub p90_s: u32,
}

/// A forecast that was given, kept until it can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// What was said.
    #[serde(rename = "f")]
    pub forecast: Forecast,
    /// In which case.
    #[serde(rename = "c")]
    pub cells: Cells,
}

/// Why there is no forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Thin {
    /// The line's past is too short to tell.
    #[error("too few tickets of this line were taken lately to tell")]
    FewClaims,
    /// As far as shifts are known, nobody comes who can take it.
    #[error("nobody is on shift, as far as shifts are known, who could take it")]
    NobodyOnShift,
}

/// How a forecast ticket left the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// Somebody took it, so many seconds after the forecast.
    Taken(f64),
    /// The customer gave up, or it left otherwise, after so many seconds: it would have waited longer than that.
    GaveUp(f64),
}

/// How good a line's forecasts were, the last few hundred weighing most. Of those who gave up, the expected part counts.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Score {
    /// How many were judged, older ones fading.
    #[serde(rename = "n")]
    pub judged: f64,
    /// Of these, taken by the median.
    #[serde(rename = "m")]
    pub within_median: f64,
    /// Of these, taken by the 90th percentile.
    #[serde(rename = "p")]
    pub within_p90: f64,
}

/// What a line remembers for its forecasts. As JSON it has less than 8 KB.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Outlook {
    /// How fast it moves.
    pub pace: Pace,
    /// Who comes later and stands ahead.
    pub newcomers: Newcomers,
    /// What forecasts missed by.
    pub correction: Correction,
    /// How good they were.
    pub score: Score,
}

/// How much of its weight a judged forecast keeps when the next one is judged.
const SCORE_KEPT: f64 = 0.997;

impl Outlook {
    /// What to tell a ticket that stands so. `hour` is the hour of the day, 0 to 23, by any clock that does not change.
    pub fn forecast(
        &self,
        now: Time,
        hour: u8,
        standing: Standing,
        staffing: &Staffing,
    ) -> Result<Given, Thin> {
        let claim_s = self.pace.claim_s().ok_or(Thin::FewClaims)?;
        let own = 1.0 / standing.fitting.clamp(0.01, 1.0);
        let claims = |wait_s: f64| {
            f64::from(standing.ahead) + own + self.newcomers.ahead_within(now, standing.advantage_s, wait_s)
        };
        // Who comes while it waits makes it wait longer: a few rounds settle that.
        let mut wait_s = 0.0;
        for _ in 0..ROUNDS {
            wait_s = staffing.seconds_for(claims(wait_s) * claim_s).ok_or(Thin::NobodyOnShift)?;
        }
        let claims = claims(wait_s);
        let spread = Spread::of(claims * claim_s, 1.0 / claims + self.pace.doubt());
        let cells = cells(standing, claims / staffing.people_now().max(1.0), hour);
        let at = |share: f64, factor: f64| {
            staffing.seconds_for(spread.quantile(share) * factor).ok_or(Thin::NobodyOnShift)
        };
        let (median, p90) = self.correction.factors(&cells);
        let median_s = whole(at(0.5, median)?);
        let p90_s = whole(at(0.9, p90)?).max(median_s);
        Ok(Given { forecast: Forecast { median_s, p90_s }, cells })
    }

    /// A ticket was taken at `now` that had entered with this advantage; `left` free ones stay, for `people` on shift.
    pub fn taken(&mut self, now: Time, entered: Time, advantage_s: f64, left: u32, people: f64) {
        self.pace.taken(now, left, people);
        self.newcomers.came(entered, advantage_s);
    }

    /// A forecast has come true or not.
    pub fn judge(&mut self, given: &Given, outcome: Outcome) {
        let missed =
            |promised_s: u32, share: f64| missed(&given.forecast, f64::from(promised_s), share, outcome);
        let (median, p90) = (missed(given.forecast.median_s, 0.5), missed(given.forecast.p90_s, 0.9));
        self.correction.learn(&given.cells, median, p90);
        let score = &mut self.score;
        score.judged = score.judged * SCORE_KEPT + 1.0;
        score.within_median = score.within_median * SCORE_KEPT + 1.0 - median;
        score.within_p90 = score.within_p90 * SCORE_KEPT + 1.0 - p90;
    }
}

/// Rounds that settle how many come while a ticket waits.
const ROUNDS: usize = 4;

/// The probability, given the outcome, that the wait was longer than promised: 0 or 1, unless the customer gave up before.
fn missed(forecast: &Forecast, promised_s: f64, share: f64, outcome: Outcome) -> f64 {
    match outcome {
        Outcome::Taken(after_s) => f64::from(u8::from(after_s > promised_s)),
        Outcome::GaveUp(after_s) if after_s >= promised_s => 1.0,
        Outcome::GaveUp(after_s) => ((1.0 - share) / survival(forecast, after_s)).clamp(0.0, 1.0),
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Bounded before.
fn whole(seconds: f64) -> u32 {
    seconds.clamp(0.0, f64::from(FORECAST_S_MAX)).round() as u32
}

#[cfg(test)]
mod tests;
