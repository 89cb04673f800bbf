//! History B, 2011-12: those who pay ask for all that can be done, and the tail of the queue never moves.

use std::path::Path;
use std::sync::OnceLock;
use tierline_simulator::{Arrivals, Comparison, compare, picture, scenarios};

fn docs(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Once for all tests.
fn played() -> &'static Comparison {
    static PLAYED: OnceLock<Comparison> = OnceLock::new();
    let play = || compare(&scenarios::history_b(), scenarios::HISTORY_B_DAYS, &scenarios::HISTORY_B_RUSH_S);
    PLAYED.get_or_init(|| play().unwrap())
}

#[test]
fn the_scenario_is_history_b() {
    let scenario = scenarios::history_b();
    let capacity_per_hour =
        scenario.people.len() as f64 * 3600.0 / scenario.groups[0].path[0].service.mean_s();
    assert!((capacity_per_hour - 12.0).abs() < 0.01, "{capacity_per_hour}");
    let rates: Vec<Vec<f64>> = scenario
        .groups
        .iter()
        .map(|group| match &group.arrivals {
            Arrivals::Rates { bursts, .. } => bursts.iter().map(|burst| burst.per_hour / 12.0).collect(),
            Arrivals::Recorded { .. } => vec![],
        })
        .collect();
    assert_eq!(rates[0].len(), 6, "hours");
    for hour in 0..6 {
        assert!((0.9..=1.0).contains(&rates[0][hour]), "paying: {}", rates[0][hour]);
        let all: f64 = rates.iter().map(|group| group[hour]).sum();
        assert!((all - 1.15).abs() < 1e-9, "all: {all}");
    }
}

#[test]
fn the_tail_moves_and_nobody_is_overtaken_past_the_bound() {
    let comparison = played();
    println!("{}", comparison.table());
    let [paying, standing, rest] = &comparison.groups[..] else { panic!("{comparison:?}") };
    for group in &comparison.groups {
        assert!(group.after.overtaken_max_min <= comparison.bound_min, "{group:?}");
    }
    assert!(rest.before.overtaken_max_min > 5.0 * comparison.bound_min, "{rest:?}");
    assert!(rest.after.worst_decile_min < 0.5 * rest.before.worst_decile_min, "{rest:?}");
    assert!(comparison.all.after.worst_decile_min < 0.6 * comparison.all.before.worst_decile_min);
    // Whoever pays still waits less than others, and somebody must wait what the tail no longer does.
    assert!(paying.after.mean_min < standing.after.mean_min && standing.after.mean_min < rest.after.mean_min);
    assert!(paying.after.mean_min > paying.before.mean_min);
    assert!(
        (comparison.all.after.mean_min / comparison.all.before.mean_min - 1.0).abs() < 0.05,
        "nothing is made of nothing"
    );
}

/// The page says what the code does.
#[test]
fn the_page_and_the_picture_are_of_this_build() {
    let comparison = played();
    assert!(
        docs("queue.md").contains(&comparison.table()),
        "docs/queue.md should say:\n{}",
        comparison.table()
    );
    let again = "cargo run -p tierline-simulator --example queue_picture -- docs/queue.svg";
    let picture = picture::svg(comparison, scenarios::HISTORY_B_TITLE);
    assert!(docs("queue.svg") == picture, "draw it again: {again}");
    assert!(docs("queue.md").contains(again) && docs("queue.md").contains("](queue.svg)"));
}
