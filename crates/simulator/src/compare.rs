//! The same customers under two orders of service: weights without a bound, and the desk's.

use crate::desk::Desk;
use crate::engine::run;
use crate::figures::{mean, quantile, worst_decile};
use crate::load::Load;
use crate::log::Log;
use crate::reference::{Order, Reference};
use crate::router::Trouble;
use crate::scenario::Scenario;
use crate::story::{Story, overtaking_s, stories};
use std::ops::Range;

/// What one group's waits came to, in minutes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waits {
    /// How many customers.
    pub customers: usize,
    /// Half waited no longer.
    pub median_min: f64,
    /// On average.
    pub mean_min: f64,
    /// The mean of the tenth that waited longest.
    pub worst_decile_min: f64,
    /// The most that anybody was overtaken by: how much later somebody came who was taken first.
    pub overtaken_max_min: f64,
}

/// One group, before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupWaits {
    /// Which.
    pub name: String,
    /// The highest weight first.
    pub before: Waits,
    /// The desk's order.
    pub after: Waits,
}

/// All groups, before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// In the scenario's order.
    pub groups: Vec<GroupWaits>,
    /// Everybody together.
    pub all: GroupWaits,
    /// The desk's bound on overtaking.
    pub bound_min: f64,
}

/// Plays each seed under both orders and looks at those who came between `between_s`, seconds after the start.
pub fn compare(
    scenario: &Scenario,
    seeds: Range<u64>,
    between_s: &Range<u32>,
) -> Result<Comparison, Trouble> {
    let (mut before, mut after) = (vec![], vec![]);
    for seed in seeds {
        let load = Load::draw(scenario, seed);
        let mut weights = Reference::new(scenario, Order::HighestWeight);
        before.extend(seen(scenario, between_s, &run(scenario, &load, &mut weights)?));
        after.extend(seen(scenario, between_s, &run(scenario, &load, &mut Desk::open(scenario, seed)?)?));
    }
    let both = |name: &str, group: Option<usize>| GroupWaits {
        name: name.to_owned(),
        before: waits(&before, group),
        after: waits(&after, group),
    };
    let groups = scenario.groups.iter().enumerate();
    Ok(Comparison {
        groups: groups.map(|(number, group)| both(&group.name, Some(number))).collect(),
        all: both("all", None),
        bound_min: f64::from(scenario.head_start_max_s) / 60.0,
    })
}

fn seen(scenario: &Scenario, between_s: &Range<u32>, log: &Log) -> Vec<(Story, Option<f64>)> {
    let stories = stories(log);
    let overtaken = overtaking_s(&stories);
    let within = scenario.start.plus_s(between_s.start)..scenario.start.plus_s(between_s.end);
    let pairs = stories.into_iter().zip(overtaken);
    pairs.filter(|(story, _)| story.is_new && within.contains(&story.entered)).collect()
}

fn waits(seen: &[(Story, Option<f64>)], group: Option<usize>) -> Waits {
    let of_group: Vec<_> =
        seen.iter().filter(|(story, _)| group.is_none_or(|group| story.group == group)).collect();
    let minutes: Vec<f64> =
        of_group.iter().filter_map(|(story, _)| story.wait_s()).map(|s| s / 60.0).collect();
    Waits {
        customers: of_group.len(),
        median_min: quantile(&minutes, 0.5),
        mean_min: mean(&minutes),
        worst_decile_min: worst_decile(&minutes),
        overtaken_max_min: of_group.iter().filter_map(|(_, by_s)| *by_s).fold(0.0, f64::max) / 60.0,
    }
}

impl Comparison {
    /// As a Markdown table, in whole minutes.
    pub fn table(&self) -> String {
        let mut table =
            "| customers | median wait | mean wait | worst tenth's mean wait | overtaken by at most |\n\
             | --- | --- | --- | --- | --- |\n"
                .to_owned();
        for group in self.groups.iter().rev().chain([&self.all]) {
            let cell =
                |of: fn(&Waits) -> f64| format!("{:.0} -> {:.0} min", of(&group.before), of(&group.after));
            let cells = [
                cell(|waits| waits.median_min),
                cell(|waits| waits.mean_min),
                cell(|waits| waits.worst_decile_min),
                cell(|waits| waits.overtaken_max_min),
            ];
            table.push_str(&format!("| {} | {} |\n", group.name, cells.join(" | ")));
        }
        table
    }
}
