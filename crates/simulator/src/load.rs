//! The customers of one run, one by one: drawn from a scenario, or written down from real history.

use crate::chance::{Chance, milliseconds};
use crate::limits::{CUSTOMERS_MAX, WEEK_S};
use crate::scenario::{Arrivals, Group, Scenario};
use serde::{Deserialize, Serialize};
use tierline_domain::ids::LineId;
use tierline_domain::time::Time;

/// One customer with one problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// When they come.
    pub at: Time,
    /// Which of the scenario's groups.
    pub group: usize,
    /// Lines that work on it, one after another; never none.
    pub visits: Vec<Visit>,
    /// What a person must know, each `lang:<code>`.
    #[serde(default)]
    pub skills: Vec<String>,
    /// Seconds of head start.
    #[serde(default)]
    pub head_start_s: u32,
    /// What an unbounded order would weigh them by.
    #[serde(default)]
    pub weight: u32,
    /// Milliseconds they wait before they give up.
    #[serde(default)]
    pub patience_ms: Option<i64>,
    /// Whoever takes it first walks off.
    #[serde(default)]
    pub is_dropped: bool,
}

/// Work on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Which line.
    pub line: LineId,
    /// Milliseconds that somebody works on it.
    pub service_ms: i64,
}

/// The customers of one run, in the order they come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Load(pub Vec<Customer>);

impl Load {
    /// Draws a load. The same scenario and seed give the same, and a group's customers do not depend on the others.
    /// At most [`CUSTOMERS_MAX`] come.
    pub fn draw(scenario: &Scenario, seed: u64) -> Self {
        let mut customers = vec![];
        for (number, group) in scenario.groups.iter().enumerate() {
            let stream = number as u64 * 2;
            let mut details = Chance::new(seed, stream + 1);
            let arrivals = arrivals_ms(scenario, &group.arrivals, &mut Chance::new(seed, stream));
            let one =
                |at_ms| customer(group, number, Time(scenario.start.0.saturating_add(at_ms)), &mut details);
            customers.extend(arrivals.into_iter().map(one));
        }
        // Stable: who comes in the same millisecond comes in the order of groups.
        customers.sort_by_key(|customer| customer.at);
        customers.truncate(CUSTOMERS_MAX);
        Self(customers)
    }
}

fn customer(group: &Group, number: usize, at: Time, chance: &mut Chance) -> Customer {
    let mut visits = vec![];
    for step in &group.path {
        visits.push(Visit { line: step.line.clone(), service_ms: chance.span_ms(&step.service) });
        if chance.share() >= step.goes_on {
            break;
        }
    }
    Customer {
        at,
        group: number,
        visits,
        skills: group.skills.clone(),
        head_start_s: group.head_start_s,
        weight: group.weight,
        patience_ms: group.patience.as_ref().map(|patience| chance.span_ms(patience)),
        is_dropped: chance.share() < group.dropped_share,
    }
}

/// Milliseconds after the start. By thinning (Lewis and Shedler, 1979): candidates at the highest rate, each kept with
/// the probability that its own time's rate has of it.
fn arrivals_ms(scenario: &Scenario, arrivals: &Arrivals, chance: &mut Chance) -> Vec<i64> {
    let open_s = f64::from(scenario.open_s);
    let (per_hour, bursts) = match arrivals {
        Arrivals::Recorded { at_s } => return at_s.iter().copied().map(milliseconds).collect(),
        Arrivals::Rates { per_hour, bursts } => (per_hour, bursts),
    };
    let rate_at = |at_s: f64| {
        let burst =
            bursts.iter().find(|burst| at_s >= f64::from(burst.from_s) && at_s < f64::from(burst.to_s));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // From 0 to 167.
        let hour = (at_s.rem_euclid(WEEK_S as f64) / 3600.0) as usize;
        let usual = per_hour.get(hour.checked_rem(per_hour.len()).unwrap_or(0)).copied().unwrap_or(0.0);
        burst.map_or(usual, |burst| burst.per_hour)
    };
    let highest =
        per_hour.iter().copied().chain(bursts.iter().map(|burst| burst.per_hour)).fold(0.0, f64::max);
    let (mut kept, mut at_s) = (vec![], 0.0);
    while highest > 0.0 && kept.len() < CUSTOMERS_MAX {
        at_s += chance.wait() * 3600.0 / highest;
        if at_s >= open_s {
            break;
        }
        if chance.share() * highest < rate_at(at_s) {
            kept.push(milliseconds(at_s));
        }
    }
    kept
}
