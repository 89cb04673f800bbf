//! "If claim-next by person x starts after ticket i's enqueue was acknowledged, and i is unleased, unchanged and claimable by
//! x throughout, then the ticket x gets has `v <= v(i)`; so it entered at most `H` after i."

use crate::crowd::crowd;
use proptest::prelude::*;
use tierline_simulator::{Desk, Load, Log, Order, Reference, What, check, run, scenarios};

/// A busy desk over and over: hand-overs, skills, lapsed leases, customers who give up, with and without head starts.
#[test]
fn nobody_is_passed_over_on_any_day() {
    let mut choices = 0;
    for seed in 0..8 {
        let mut scenario = scenarios::busy_desk(14 * 3600);
        if seed % 4 == 3 {
            scenario.groups.iter_mut().for_each(|group| group.head_start_s = 0);
        }
        let load = Load::draw(&scenario, seed);
        let log = run(&scenario, &load, &mut Desk::open(&scenario, seed).unwrap()).unwrap();
        let checked = check(&scenario, &log).unwrap();
        assert_eq!(checked.broken, [], "seed {seed}");
        let bound_s = if seed % 4 == 3 { 0.0 } else { f64::from(scenario.head_start_max_s) };
        assert!(checked.overtaking_s <= bound_s, "seed {seed}: {} s", checked.overtaking_s);
        choices += checked.choices;
    }
    assert!(choices > 1_500, "{choices} claims had a choice");
}

/// Chats weigh more than letters, and some of both ask for what one person in three knows.
#[test]
fn nobody_is_passed_over_where_people_have_skills_and_a_capacity() {
    let mut choices = 0;
    for seed in 0..4 {
        let mut scenario = scenarios::busy_desk(10 * 3600);
        scenario.capacity_units = 4;
        for (number, worker) in scenario.people.iter_mut().enumerate() {
            worker.skills = if number % 3 == 0 { vec!["web-servers".to_owned()] } else { vec![] };
        }
        for (number, group) in scenario.groups.iter_mut().enumerate() {
            let more = [&["=3"][..], &["web-servers"], &["=3", "~web-servers"]][number % 3];
            group.skills.extend(more.iter().map(ToString::to_string));
        }
        let load = Load::draw(&scenario, seed);
        let log = run(&scenario, &load, &mut Desk::open(&scenario, seed).unwrap()).unwrap();
        let checked = check(&scenario, &log).unwrap();
        assert_eq!(checked.broken, [], "seed {seed}");
        choices += checked.choices;
        // The same day, judged as if everybody knew it: whoever does not was right to pass those over.
        scenario.people.iter_mut().for_each(|worker| worker.skills = vec!["web-servers".to_owned()]);
        assert!(broken_claims(&scenario, &log) > 0, "seed {seed}");
    }
    assert!(choices > 300, "{choices} claims had a choice");
}

/// Fifty people at once, on tickets that come and go at the same moments, each call on the store in any order; with hands that
/// are bounded, and without.
#[test]
fn nobody_is_passed_over_in_a_crowd() {
    let mut choices = 0;
    for (seed, units) in (0..8).flat_map(|seed| [(seed, None), (seed, Some(4))]) {
        let (scenario, log) = crowd(seed, 50, 120, units);
        let checked = check(&scenario, &log).unwrap();
        assert_eq!(checked.broken, [], "seed {seed}, {units:?}");
        assert!(checked.overtaking_s <= f64::from(scenario.head_start_max_s), "seed {seed}");
        choices += checked.choices;
    }
    assert!(choices > 400, "{choices} claims had a choice");
}

/// The checker finds what is wrong where something is: weights without a bound, and a log in which two claims are swapped.
#[test]
fn the_checker_can_fail() {
    let scenario = scenarios::history_b();
    let load = Load::draw(&scenario, 1);
    let weights = run(&scenario, &load, &mut Reference::new(&scenario, Order::HighestWeight)).unwrap();
    let checked = check(&scenario, &weights).unwrap();
    assert!(!checked.broken.is_empty() && checked.overtaking_s > f64::from(scenario.head_start_max_s));

    let mut log = run(&scenario, &load, &mut Desk::open(&scenario, 1).unwrap()).unwrap();
    assert_eq!(check(&scenario, &log).unwrap().broken, []);
    let before = broken_claims(&scenario, &swap_two_claims(&mut log));
    assert!(before > 0);
}

fn broken_claims(scenario: &tierline_simulator::Scenario, log: &Log) -> usize {
    check(scenario, log).unwrap().broken.len()
}

/// Exchanges what two neighbouring claims of a long queue got.
fn swap_two_claims(log: &mut Log) -> Log {
    let got = |log: &Log, index: usize| match log.0[index].what {
        What::Asked { ticket, .. } => ticket,
        _ => None,
    };
    let claims: Vec<usize> = (0..log.0.len()).filter(|index| got(log, *index).is_some()).collect();
    let (one, other) = claims
        .windows(2)
        .map(|pair| (pair[0], pair[1]))
        .filter(|(one, _)| log.0[*one].at.since_ms(log.0[0].at) > 13 * 3_600_000)
        .find(|(one, other)| {
            let entered = |ticket| {
                log.0.iter().position(
                    |entry| matches!(entry.what, What::Entered { ticket: t, .. } if Some(t) == ticket),
                )
            };
            entered(got(log, *other)) < Some(*one)
        })
        .expect("two that waited together");
    let (first, second) = (got(log, one), got(log, other));
    for (index, now) in [(one, second), (other, first)] {
        if let What::Asked { ticket, .. } = &mut log.0[index].what {
            *ticket = now;
        }
    }
    log.clone()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any bound, any head starts, any load.
    #[test]
    fn head_starts_are_bounded_by_the_desks_most(
        seed in 0_u64..1_000_000,
        head_start_max_s in 0_u32..7200,
        head_starts in prop::array::uniform3(0_u32..20_000),
        used in 0.8_f64..1.6,
        people in 1_u32..6,
    ) {
        let mut scenario = scenarios::three_groups(people, used, 4 * 3600);
        scenario.head_start_max_s = head_start_max_s;
        for (group, head_start_s) in scenario.groups.iter_mut().zip(head_starts) {
            group.head_start_s = head_start_s;
        }
        let load = Load::draw(&scenario, seed);
        let log = run(&scenario, &load, &mut Desk::open(&scenario, seed).unwrap()).unwrap();
        let checked = check(&scenario, &log).unwrap();
        prop_assert_eq!(checked.broken, vec![]);
        prop_assert!(checked.overtaking_s <= f64::from(head_start_max_s));
    }
}
