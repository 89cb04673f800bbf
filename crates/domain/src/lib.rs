//! The desk's rules as pure functions over values: no clock, no store, no randomness of its own.
//!
//! Time, ids and chance come in as arguments; what comes out is a value or a typed refusal.

pub mod accent;
pub mod capacity;
pub mod customers;
pub mod desk;
pub mod files;
pub mod forecast;
pub mod front;
pub mod handovers;
pub mod head_start;
pub mod history;
pub mod hours;
pub mod ids;
pub mod journal;
pub mod lessons;
pub mod limits;
pub mod lists;
pub mod packages;
pub mod people;
pub mod placeholders;
pub mod presence;
pub mod proposals;
pub mod provider;
pub mod queue;
pub mod routing;
pub mod secrets;
pub mod service_level;
pub mod session;
pub mod staff;
pub mod text;
pub mod ticket;
pub mod time;
pub mod time_zones;

/// Whether a field need not be written: it is what is read where there is none.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
