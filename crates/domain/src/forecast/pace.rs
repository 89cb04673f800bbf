//! How much time of people one claim costs a line while somebody waits there.

use crate::limits::FORECAST_CLAIMS_MIN;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Claims and the time of people that they took, older ones fading: over a short memory, which follows the day, and a long
/// one, which steadies it. Only stretches count in which somebody was waiting all the time: otherwise a line looks as slow as
/// its customers are few.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Pace {
    #[serde(rename = "s")]
    short: Sum,
    #[serde(rename = "l")]
    long: Sum,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    before: Option<Before>,
}

#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
struct Sum {
    #[serde(rename = "n")]
    claims: f64,
    #[serde(rename = "s")]
    person_s: f64,
}

/// The claim before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Before {
    #[serde(rename = "t")]
    at: Time,
    #[serde(rename = "p")]
    people: f64,
    /// Somebody was still waiting after it.
    #[serde(rename = "w")]
    waiting: bool,
}

/// What a claim keeps of its weight at the next one.
const SHORT_KEPT: f64 = 0.97;
const LONG_KEPT: f64 = 0.998;
/// Claims of the long memory's pace that the short one begins with.
const STEADYING: f64 = 25.0;
/// Beyond this a stretch is no pace but a night, or a line that was forgotten.
const STRETCH_S_MAX: f64 = 4.0 * 3600.0;

impl Sum {
    fn add(&mut self, kept: f64, person_s: f64) {
        self.claims = self.claims * kept + 1.0;
        self.person_s = self.person_s * kept + person_s;
    }
}

impl Pace {
    /// Seconds of people that one claim costs; none if too few were seen.
    pub fn claim_s(&self) -> Option<f64> {
        let enough = self.long.claims >= f64::from(FORECAST_CLAIMS_MIN) && self.long.person_s > 0.0;
        let usual_s = self.long.person_s / self.long.claims;
        enough.then(|| (self.short.person_s + STEADYING * usual_s) / (self.short.claims + STEADYING))
    }

    /// The squared error of the pace, as a share of it.
    pub(super) fn doubt(&self) -> f64 {
        1.0 / (self.short.claims + STEADYING)
    }

    pub(super) fn taken(&mut self, now: Time, left: u32, people: f64) {
        if let Some(before) = self.before.filter(|before| before.waiting && now >= before.at) {
            #[allow(clippy::cast_precision_loss)] // A stretch is short.
            let stretch_s = now.since_ms(before.at) as f64 / 1000.0;
            // Who came or went in between was there for half of it.
            let person_s = stretch_s * (before.people + people) / 2.0;
            if stretch_s <= STRETCH_S_MAX && person_s.is_finite() {
                self.short.add(SHORT_KEPT, person_s);
                self.long.add(LONG_KEPT, person_s);
            }
        }
        self.before = Some(Before { at: now, people, waiting: left > 0 });
    }
}
