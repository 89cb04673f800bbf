//! What is simulated, as a value: written by hand, or made from real history, and kept as JSON.

use serde::{Deserialize, Serialize};
use tierline_domain::ids::{LineId, PersonId};
use tierline_domain::time::Time;

/// A desk, its customers and its people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What to call it.
    pub name: String,
    /// When it begins. Hours of the week are counted from here: let it be a Monday, 00:00.
    pub start: Time,
    /// For how many seconds customers come. Those who wait then are still served.
    pub open_s: u32,
    /// The desk's bound on head starts, in seconds.
    pub head_start_max_s: u32,
    /// Units that each person can have in hand; any number, if 0.
    #[serde(default)]
    pub capacity_units: u32,
    /// Its lines.
    pub lines: Vec<LineModel>,
    /// Who comes.
    pub groups: Vec<Group>,
    /// Who works.
    pub people: Vec<Worker>,
    /// The n-th service to begin on a line takes the n-th time drawn, whoever it is for. Then the number of people
    /// waiting does not depend on the order of service at all, which is how the simulator itself is checked.
    #[serde(default)]
    pub services_by_start: bool,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineModel {
    /// Which.
    pub id: LineId,
    /// Seconds a claim lasts unless renewed.
    pub lease_s: u32,
}

/// Customers of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// What to call them.
    pub name: String,
    /// When they come.
    pub arrivals: Arrivals,
    /// Where they go, one after another.
    pub path: Vec<Step>,
    /// Seconds of head start, within the desk's bound.
    #[serde(default)]
    pub head_start_s: u32,
    /// What an unbounded order would weigh them by.
    #[serde(default)]
    pub weight: u32,
    /// What a person must know, each `lang:<code>` or a skill; `=3`: what it takes of their capacity.
    #[serde(default)]
    pub skills: Vec<String>,
    /// How long they wait before they give up; none waits for ever.
    #[serde(default)]
    pub patience: Option<Span>,
    /// The share whose first claim is dropped: whoever took it walks off, and the lease lapses.
    #[serde(default)]
    pub dropped_share: f64,
}

/// One line on the way of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which line.
    pub line: LineId,
    /// How long somebody works on it there.
    pub service: Span,
    /// The share that is handed over to the next line then, if there is one. The rest is solved.
    #[serde(default)]
    pub goes_on: f64,
}

/// When customers come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Arrivals {
    /// By chance (a Poisson process), at a rate for each hour of the week.
    Rates {
        /// Customers an hour: 168 values, or fewer, which are repeated (24 for every day alike, one for always).
        per_hour: Vec<f64>,
        /// Stretches at another rate.
        #[serde(default)]
        bursts: Vec<Burst>,
    },
    /// As they came: seconds after the start.
    Recorded {
        /// In order.
        at_s: Vec<f64>,
    },
}

/// A stretch at another rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// Seconds after the start.
    pub from_s: u32,
    /// Seconds after the start.
    pub to_s: u32,
    /// Customers an hour.
    pub per_hour: f64,
}

impl Arrivals {
    /// At the same rate always.
    pub fn steady(per_hour: f64) -> Self {
        Self::Rates { per_hour: vec![per_hour], bursts: vec![] }
    }
}

/// A length of time, drawn by chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Span {
    /// Always the same.
    Fixed {
        /// Seconds.
        s: f64,
    },
    /// Memoryless.
    Exponential {
        /// Seconds.
        mean_s: f64,
    },
    /// As most work is: many short, few very long.
    Lognormal {
        /// Seconds.
        median_s: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// One of those that were seen.
    Recorded {
        /// Seconds.
        seen_s: Vec<f64>,
    },
}

impl Span {
    /// What it is on average, in seconds.
    pub fn mean_s(&self) -> f64 {
        match self {
            Self::Fixed { s } => *s,
            Self::Exponential { mean_s } => *mean_s,
            Self::Lognormal { median_s, sigma } => median_s * (sigma * sigma / 2.0).exp(),
            Self::Recorded { seen_s } => crate::figures::mean(seen_s),
        }
    }
}

/// Somebody who works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    /// Who.
    pub id: PersonId,
    /// Lines they take work from, the dearest first.
    pub lines: Vec<LineId>,
    /// Languages they answer in, ISO 639-1.
    #[serde(default)]
    pub languages: Vec<String>,
    /// What they know beside languages.
    #[serde(default)]
    pub skills: Vec<String>,
    /// Units that they have room for; for anything, if left out.
    #[serde(default)]
    pub room: Option<u32>,
    /// When, in each week; always, if there are none. Whoever is at work when a shift ends finishes that.
    #[serde(default)]
    pub shifts: Vec<Shift>,
}

impl Worker {
    /// Whether they take such work: `lang:<code>` is a language, any other word a skill. What is only desired (`~`) keeps it from
    /// nobody; what it weighs (`=3`; 1 if it does not say) from whoever has less room.
    pub fn fits(&self, line: &LineId, skills: &[String]) -> bool {
        let knows = |skill: &&String| match skill.strip_prefix("lang:") {
            Some(code) => self.languages.iter().any(|known| known == code),
            None => self.skills.contains(skill),
        };
        let is_required = |skill: &&String| !skill.starts_with(['~', '=']);
        let weight = skills.iter().find_map(|skill| skill.strip_prefix('=')?.parse().ok()).unwrap_or(1);
        self.lines.contains(line)
            && self.room.is_none_or(|room| weight <= room)
            && skills.iter().filter(is_required).all(|skill| knows(&skill))
    }
}

/// A stretch of work in each week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// Seconds after the week's beginning.
    pub from_s: u32,
    /// Seconds after the week's beginning.
    pub to_s: u32,
}

impl Scenario {
    /// The line with this id.
    pub fn line(&self, id: &LineId) -> Option<&LineModel> {
        self.lines.iter().find(|line| line.id == *id)
    }

    /// The person with this id.
    pub fn worker(&self, id: &PersonId) -> Option<&Worker> {
        self.people.iter().find(|worker| worker.id == *id)
    }
}
