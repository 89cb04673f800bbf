//! The simulator against what is known without one.

use tierline_simulator::figures::{BATCHES, Interval, mean};
use tierline_simulator::{
    Books, Customer, Desk, Load, Log, Order, Reference, Router, Scenario, erlang, run, scenarios, stories,
};

/// So many customers of the first batch are played by the desk, too: it is slower than its reference, and must give the same.
const DESK_PLAYS: usize = 500;

/// Plays a load in the order of virtual arrival.
fn play(scenario: &Scenario, load: &Load, seed: u64) -> Log {
    let by_reference =
        |load: &Load| run(scenario, load, &mut Reference::new(scenario, Order::VirtualArrival)).unwrap();
    if seed.is_multiple_of(BATCHES as u64) {
        let first = Load(load.0.iter().take(DESK_PLAYS).cloned().collect());
        let desk = run(scenario, &first, &mut Desk::open(scenario, seed).unwrap()).unwrap();
        assert!(desk == by_reference(&first), "seed {seed}");
    }
    by_reference(load)
}

/// Of one batch, the first fifth of the time left out: the share that waited, and the mean wait.
fn batch(scenario: &Scenario, seed: u64) -> (f64, f64) {
    let load = Load::draw(scenario, seed);
    let log = play(scenario, &load, seed);
    let settled = scenario.start.plus_s(scenario.open_s / 5);
    let stories = stories(&log).into_iter().filter(|story| story.entered >= settled);
    let waits: Vec<f64> = stories.map(|story| story.wait_s().unwrap()).collect();
    let waited: Vec<f64> = waits.iter().map(|wait| f64::from(u8::from(*wait > 0.0))).collect();
    (mean(&waited), mean(&waits))
}

/// Thirty stretches of equal people and memoryless work, at three loads: Erlang's figures are within the 99 % intervals, and
/// those are narrow enough to tell.
#[test]
fn waits_are_as_erlang_says() {
    println!("people  used   P(wait) Erlang  simulated        mean wait Erlang  simulated");
    for (people, used, hours, precision) in [(1, 0.5, 1_000, 0.05), (4, 0.7, 300, 0.05), (8, 0.8, 200, 0.06)]
    {
        let scenario = scenarios::one_line(people, used, hours * 3600);
        let batches: Vec<_> = (0..BATCHES as u64).map(|seed| batch(&scenario, 900 + seed)).collect();
        let (waited, waits): (Vec<_>, Vec<_>) = batches.into_iter().unzip();
        let (waited, wait) = (Interval::of_batches(&waited).unwrap(), Interval::of_batches(&waits).unwrap());
        let load = used * f64::from(people);
        let says = (erlang::probability_of_waiting(people, load), erlang::mean_wait_s(people, load, 600.0));
        println!(
            "{people:>6}  {used:.1}    {:.3}          {:.3} +- {:.3}   {:>6.1} s          {:.1} +- {:.1} s",
            says.0, waited.mean, waited.half, says.1, wait.mean, wait.half
        );
        assert!(waited.covers(says.0), "{waited:?} {says:?}");
        assert!(wait.covers(says.1), "{wait:?} {says:?}");
        assert!(
            waited.half < precision * says.0 && wait.half < 2.0 * precision * says.1,
            "{waited:?} {wait:?}"
        );
    }
}

/// The same customers, first come, first served.
fn without_head_starts(load: &Load) -> Load {
    let even = |customer: &Customer| Customer { head_start_s: 0, ..customer.clone() };
    Load(load.0.iter().map(even).collect())
}

/// Where the n-th service takes the n-th time drawn, the order of service cannot change how many wait: so the waits of all
/// add up to the same, to the millisecond, whoever goes first. An order that let anybody idle while somebody waits, or lost a
/// ticket, would show.
#[test]
fn what_is_given_to_one_is_taken_from_another() {
    for seed in 0..3 {
        let mut scenario = scenarios::three_groups(5, 0.95, 10 * 3600);
        scenario.services_by_start = true;
        let ahead = Load::draw(&scenario, seed);
        let in_order = without_head_starts(&ahead);
        let waits = |load: &Load, router: &mut dyn Router| {
            let stories = stories(&run(&scenario, load, router).unwrap());
            let of = |group: Option<usize>| -> f64 {
                let chosen = stories.iter().filter(|story| group.is_none_or(|group| story.group == group));
                chosen.map(|story| story.wait_s().unwrap()).sum()
            };
            (of(None), of(Some(0)), of(Some(2)))
        };
        let by_arrival = waits(&in_order, &mut Desk::open(&scenario, seed).unwrap());
        let by_head_start = waits(&ahead, &mut Desk::open(&scenario, seed).unwrap());
        let by_weight = waits(&ahead, &mut Reference::new(&scenario, Order::HighestWeight));
        println!(
            "seed {seed}: {:.0} s first come, {:.0} s by head start, {:.0} s by weight",
            by_arrival.0, by_head_start.0, by_weight.0
        );
        assert!((by_arrival.0 - by_head_start.0).abs() < 0.001 && (by_arrival.0 - by_weight.0).abs() < 0.001);
        assert!(by_head_start.1 > by_arrival.1 && by_head_start.2 < by_arrival.2, "and the orders do differ");
    }
}

/// With times of their own the law holds on average only: the mean wait, by load, does not depend on the order.
#[test]
fn the_mean_wait_does_not_depend_on_the_order() {
    let scenario = scenarios::three_groups(2, 0.85, 86_400);
    let difference = |seed: u64| {
        let ahead = Load::draw(&scenario, seed);
        let mean_wait = |load: &Load| {
            let log = play(&scenario, load, seed);
            mean(&stories(&log).iter().map(|story| story.wait_s().unwrap()).collect::<Vec<_>>())
        };
        let in_order = without_head_starts(&ahead);
        let first_come = mean_wait(&in_order);
        (first_come, mean_wait(&ahead) - first_come)
    };
    let (first_come, differences): (Vec<_>, Vec<_>) =
        (0..BATCHES as u64).map(|seed| difference(510 + seed)).unzip();
    let difference = Interval::of_batches(&differences).unwrap();
    println!(
        "mean wait {:.0} s; by head start {:+.1} +- {:.1} s",
        mean(&first_come),
        difference.mean,
        difference.half
    );
    assert!(difference.covers(0.0), "{difference:?}");
    assert!(difference.half < 0.1 * mean(&first_come), "{difference:?}");
}

/// Other code for the same order gives the same day: every ticket is taken at the same millisecond by the same person.
#[test]
fn the_desk_serves_as_virtual_arrival_says() {
    for seed in 0..2 {
        let scenario = scenarios::busy_desk(86_400);
        let load = Load::draw(&scenario, seed);
        let desk = run(&scenario, &load, &mut Desk::open(&scenario, seed).unwrap()).unwrap();
        let reference = run(&scenario, &load, &mut Reference::new(&scenario, Order::VirtualArrival)).unwrap();
        assert!(desk.0.len() > 2_000, "{} entries", desk.0.len());
        let differs = desk.0.iter().zip(&reference.0).find(|(desk, reference)| desk != reference);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!(desk.0.len(), reference.0.len());
    }
}

/// The journal and the lists decide nothing about who is served when.
#[test]
fn a_day_with_its_books_is_the_same_day() {
    let scenario = scenarios::busy_desk(20 * 3600);
    let load = Load::draw(&scenario, 5);
    let play = |books| {
        let mut desk = Desk::open_with(&scenario, 5, books).unwrap();
        let log = run(&scenario, &load, &mut desk).unwrap();
        (log, desk.counts().commits)
    };
    let ((kept, commits), (left, fewer)) = (play(Books::Kept), play(Books::Left));
    assert!(kept == left && commits > fewer + 4 * load.0.len() as u64, "{commits} {fewer}");
}

/// A scenario and a load are values: what is read back plays the same day. So real history can be played, too.
#[test]
fn a_day_can_be_written_down_and_played_again() {
    let scenario = scenarios::busy_desk(6 * 3600);
    let load = Load::draw(&scenario, 3);
    let again: Scenario = serde_json::from_str(&serde_json::to_string(&scenario).unwrap()).unwrap();
    let read: Load = serde_json::from_str(&serde_json::to_string(&load).unwrap()).unwrap();
    assert_eq!((&again, &read), (&scenario, &load));
    let first = run(&scenario, &load, &mut Desk::open(&scenario, 3).unwrap()).unwrap();
    let second = run(&again, &read, &mut Desk::open(&again, 3).unwrap()).unwrap();
    assert_eq!(first, second);
    assert_ne!(Load::draw(&scenario, 4), load, "another seed, another day");
}
