//! SIGKILL at random moments.

use crate::{CUSTOMERS, cycles, finish, fresh_state, start, work_until_killed};
use tierline_e2e::{Crowd, Missing};

#[test]
fn killed_at_any_moment_it_loses_and_doubles_nothing() {
    let (cycles, seed) = cycles();
    let state = fresh_state();
    let (crowd, mut dice) = (Crowd::new(CUSTOMERS), fastrand::Rng::with_seed(seed));
    for cycle in 0..cycles {
        let desk = start(state.path(), vec![]);
        assert_eq!(
            crowd.ledger().compare(state.path()),
            Missing::default(),
            "after {cycle} kills, seed {seed}"
        );
        work_until_killed(&crowd, desk, &mut dice);
    }
    let acknowledged = crowd.ledger().len();
    finish(&crowd, start(state.path(), vec![]), state.path());
    println!("{cycles} kills, {acknowledged} acknowledgements, none lost, none doubled");
    assert!(acknowledged as u64 > cycles, "{acknowledged} acknowledgements prove little");
}
