//! A day of a desk in seconds: customers, people and chance around the desk's own routing, in virtual time.
//!
//! A [`Scenario`] says who comes when, how long it takes, who works when and who loses patience. From a seed it gives a
//! [`Load`]: the customers one by one, as real history would. [`run`] takes a load through a [`Router`] and keeps a
//! [`Log`]. The [`Desk`] is the router that counts: its tickets are opened, claimed, renewed, handed over and solved by the
//! operations of `crates/desk`, on the in-memory store. [`Reference`] has none of that code: it is what the desk is
//! compared with.
//!
//! What the log says is judged apart from what wrote it: [`check`] holds it to the queue's guarantee, [`stories`] and
//! [`figures`] make figures of it.
//!
//! ```
//! use tierline_simulator::{Desk, Load, check, run, scenarios, stories};
//!
//! let scenario = scenarios::one_line(4, 0.8, 3_600);
//! let load = Load::draw(&scenario, 7);
//! let log = run(&scenario, &load, &mut Desk::open(&scenario, 7)?)?;
//! assert!(check(&scenario, &log)?.claims > 0);
//! assert!(stories(&log).iter().all(|story| story.wait_s() >= Some(0.0)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chance;
mod check;
mod compare;
mod desk;
mod engine;
pub mod erlang;
pub mod figures;
mod foretell;
pub mod limits;
mod load;
mod log;
pub mod picture;
mod platform;
mod reference;
mod router;
mod scenario;
pub mod scenarios;
mod story;

pub use check::{Broken, Checked, check};
pub use compare::{Comparison, GroupWaits, Waits, compare};
pub use desk::{Desk, Tellings, publish_scenario, ticket_of};
pub use engine::run;
pub use foretell::{Told, foretell, told_by_desk};
pub use load::{Customer, Load, Visit};
pub use log::{Entry, Log, What};
pub use platform::{Background, Books, Stage, StagePlatform};
pub use reference::{Order, Reference};
pub use router::{Router, Trouble};
pub use scenario::{Arrivals, Burst, Group, LineModel, Scenario, Shift, Span, Step, Worker};
pub use story::{Story, overtaking_s, stories};
