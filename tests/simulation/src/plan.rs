//! What a history is made of, drawn from its seed: which store, what goes wrong, who is there. Faults are data.

use crate::limits::CLOCK_JUMP_MS_MAX;
use std::fmt;
use tierline_testkit::{Faults, Profile};

/// What goes wrong in a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Nothing, but every call takes time and interleaves.
    Calm,
    /// A little of everything.
    Rough,
    /// Writes are done and said to have failed, are done late, conflict without cause.
    Lossy,
    /// Instances die at their calls on the store.
    Falling,
    /// Calls hang for longer than clients wait, and go on afterwards.
    Stalling,
    /// The store is not there for one call in eight.
    Brownout,
}

impl Weather {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Calm, Self::Rough, Self::Lossy, Self::Falling, Self::Stalling, Self::Brownout];

    /// As chances.
    pub fn faults(self) -> Faults {
        let slow = Faults::latency(0..=3);
        match self {
            Self::Calm => slow,
            Self::Rough => Faults::rough(),
            Self::Lossy => Faults {
                answer_lost_after_apply: 60,
                applied_late: 30,
                spurious_conflict: 40,
                stale_read: 100,
                ..slow
            },
            Self::Falling => Faults { crash: 12, answer_lost_after_apply: 10, ..slow },
            Self::Stalling => {
                Faults { slow: 4, slow_ms: 0..=40_000, spurious_conflict: 10, ..Faults::none() }
            }
            Self::Brownout => Faults { unavailable: 125, ..slow },
        }
    }
}

/// When the tick comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// Not before all is over.
    Never,
    /// Now and then.
    Comes,
    /// Now and then, and always two at once.
    Twice,
}

/// A history to be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Everything below follows from it, and every choice on the way.
    pub seed: u64,
    /// Which store is played.
    pub profile: Profile,
    /// What goes wrong with it.
    pub weather: Weather,
    /// How many instances answer requests.
    pub instances: usize,
    /// How many customers ask.
    pub customers: usize,
    /// How many of the desk's people work.
    pub people: usize,
    /// When the tick comes.
    pub tick: Tick,
    /// How many instances are killed at some await, beside those that die of the weather.
    pub kills: usize,
    /// How far an instance's clock jumps at most, milliseconds.
    pub clock_jump_ms: i64,
    /// Of a hundred deliveries from outside, how many come twice: at once, or late and among others, as webhooks do.
    pub doubled: usize,
    /// Whether the desk bounds what people have in hand. Half of those who ask do so by chat then, which weighs more.
    pub capacity: bool,
}

impl Plan {
    /// The plan of this seed. Neighbouring seeds differ in store and weather, so that a few cover all.
    pub fn of(seed: u64) -> Self {
        let mut dice = fastrand::Rng::with_seed(seed ^ 0x7469_6572_6c69_6e65);
        let profiles = Profile::ALL;
        let at = |count: usize| usize::try_from(seed % count as u64).unwrap_or(0);
        let weather =
            Weather::ALL[usize::try_from(seed / profiles.len() as u64).unwrap_or(0) % Weather::ALL.len()];
        let calm = weather == Weather::Calm;
        Self {
            seed,
            profile: profiles[at(profiles.len())],
            weather,
            instances: dice.usize(1..=4),
            // More than can be served at once: then claims have a choice.
            customers: if calm { dice.usize(16..=28) } else { dice.usize(4..=12) },
            people: dice.usize(2..=5),
            tick: [Tick::Never, Tick::Comes, Tick::Comes, Tick::Twice][dice.usize(..4)],
            kills: if calm { 0 } else { dice.usize(0..=6) },
            clock_jump_ms: if calm || dice.bool() { 0 } else { dice.i64(1..=CLOCK_JUMP_MS_MAX) },
            doubled: [0, 20, 50][dice.usize(..3)],
            capacity: dice.usize(..3) == 0,
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            profile,
            weather,
            instances,
            customers,
            people,
            tick,
            kills,
            clock_jump_ms,
            doubled,
            capacity,
        } = self;
        let capacity = if *capacity { "; with a capacity" } else { "" };
        write!(
            formatter,
            "seed {seed}: {profile:?}, {weather:?}; instances {instances}, killed {kills} times; customers \
             {customers}, people {people}; tick: {tick:?}; clocks jump by up to {clock_jump_ms} ms; {doubled} % \
             delivered twice{capacity}"
        )
    }
}
