//! What each customer lived through, read from the log.

use crate::log::{Log, What};
use std::collections::BTreeMap;
use tierline_domain::ids::LineId;
use tierline_domain::time::Time;

/// One stay of a ticket in a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Which ticket.
    pub ticket: usize,
    /// Which of the scenario's groups.
    pub group: usize,
    /// Which line.
    pub line: LineId,
    /// Virtual arrival.
    pub v: Time,
    /// Entry, less the time already waited on us.
    pub e: Time,
    /// When it stood in the line.
    pub entered: Time,
    /// Came by a hand-over if not.
    pub is_new: bool,
    /// When somebody first took it.
    pub taken: Option<Time>,
    /// When the customer gave up.
    pub gave_up: Option<Time>,
}

impl Story {
    /// Seconds from entry to being taken, or none who gave up.
    pub fn wait_s(&self) -> Option<f64> {
        self.taken.map(|taken| seconds(taken.since_ms(self.entered)))
    }
}

/// Seconds of so many milliseconds.
#[allow(clippy::cast_precision_loss)] // Simulations are shorter than that.
pub(crate) fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}

/// Every stay in the log, in the order of entry.
pub fn stories(log: &Log) -> Vec<Story> {
    let mut stories: Vec<Story> = vec![];
    // Of each ticket its present stay.
    let mut present: BTreeMap<usize, usize> = BTreeMap::new();
    for entry in &log.0 {
        let story_of = |ticket: &usize| present.get(ticket).copied();
        match &entry.what {
            What::Entered { ticket, group, line, v, e, is_new, .. } => {
                present.insert(*ticket, stories.len());
                stories.push(Story {
                    ticket: *ticket,
                    group: *group,
                    line: line.clone(),
                    v: *v,
                    e: *e,
                    entered: entry.at,
                    is_new: *is_new,
                    taken: None,
                    gave_up: None,
                });
            }
            What::Asked { ticket: Some(ticket), .. } => {
                if let Some(story) = story_of(ticket).and_then(|index| stories.get_mut(index)) {
                    story.taken = story.taken.or(Some(entry.at));
                }
            }
            What::GaveUp { ticket } => {
                if let Some(story) = story_of(ticket).and_then(|index| stories.get_mut(index)) {
                    story.gave_up = Some(entry.at);
                }
            }
            _ => {}
        }
    }
    stories
}

/// By how many seconds each stay was overtaken at most: the latest entry among those of its line that were taken before it
/// while it waited, less its own. None was overtaken by nobody.
pub fn overtaking_s(stories: &[Story]) -> Vec<Option<f64>> {
    let overtaken = |story: &Story| {
        let until = story.taken.or(story.gave_up);
        let ahead = stories.iter().filter(|other| {
            other.line == story.line
                && other.e > story.e
                && other
                    .taken
                    .is_some_and(|taken| taken >= story.entered && until.is_none_or(|until| taken < until))
        });
        ahead.map(|other| other.e.since_ms(story.e)).max().map(seconds)
    };
    stories.iter().map(overtaken).collect()
}
