//! How many people are on a line, from now on.

use crate::limits::FORECAST_S_MAX;

/// From a time on, so many people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Seconds from now.
    pub from_s: f64,
    /// How many.
    pub people: f64,
}

/// People on shift from now on, as far as shifts are known. The last stretch has no end.
#[derive(Debug, Clone, PartialEq)]
pub struct Staffing(Vec<Stretch>);

impl Staffing {
    /// From stretches in order, the first of which begins now.
    pub fn new(stretches: Vec<Stretch>) -> Self {
        Self(stretches)
    }

    /// So many for ever.
    pub fn steady(people: f64) -> Self {
        Self(vec![Stretch { from_s: 0.0, people }])
    }

    /// How many there are now.
    pub fn people_now(&self) -> f64 {
        self.0.first().map_or(0.0, |stretch| stretch.people)
    }

    /// Seconds until people have had `person_s` seconds of work together; none if that is past [`FORECAST_S_MAX`].
    pub fn seconds_for(&self, person_s: f64) -> Option<f64> {
        let mut rest = person_s;
        for (index, stretch) in self.0.iter().enumerate() {
            let until_s = self.0.get(index + 1).map_or(f64::INFINITY, |next| next.from_s);
            let can = if stretch.people > 0.0 { stretch.people * (until_s - stretch.from_s) } else { 0.0 };
            if stretch.people > 0.0 && rest <= can {
                let seconds = stretch.from_s + rest / stretch.people;
                return (seconds <= f64::from(FORECAST_S_MAX)).then_some(seconds);
            }
            rest -= can;
        }
        None
    }
}
