//! A store that lies, a seeded scheduler, and the conformance suite that every adapter passes.
//!
//! A [`Simulation`] runs futures on one thread in virtual time over a [`LyingStore`]. All chance comes from one
//! seed: which task goes next, which call fails, what [`tierline_store::Runtime::random`] gives. The same seed
//! gives the same history, and a failing test prints its seed and the end of its trace.
//!
//! ```
//! use tierline_store::{Runtime, Store, Swap};
//! use tierline_testkit::{Faults, Profile, Simulation};
//!
//! let sim = Simulation::new(7, Profile::Redis, Faults::none());
//! for name in ["writer-1", "writer-2"] {
//!     let runtime = sim.runtime(name);
//!     sim.spawn(name, async move { runtime.store().increment("served", 1).await });
//! }
//! sim.run_until_idle()?;
//!
//! let runtime = sim.runtime("reader");
//! let (served, swapped) = sim.block_on(async {
//!     let (_, cas) = runtime.store().load("page").await?;
//!     let swapped = runtime.store().swap(cas, b"mine").await?;
//!     Ok::<_, tierline_store::StoreError>((runtime.store().increment("served", 0).await?, swapped))
//! })??;
//! assert_eq!(served, 2);
//! assert_eq!(swapped, Swap::Conflict, "that store always says so");
//! assert_eq!(sim.value("page").as_deref(), Some(b"mine".as_slice()), "and wrote it all the same");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`conformance`] stands apart: it needs nothing of the simulation and compiles for components too.

pub mod conformance;

#[cfg(feature = "sim")]
mod faults;
#[cfg(feature = "sim")]
pub mod limits;
#[cfg(feature = "sim")]
mod lying_store;
#[cfg(feature = "sim")]
mod profile;
#[cfg(feature = "sim")]
mod shelf;
#[cfg(feature = "sim")]
mod simulation;
#[cfg(feature = "sim")]
mod trace;
#[cfg(feature = "sim")]
mod world;

#[cfg(feature = "sim")]
pub use {
    faults::Faults,
    lying_store::{LyingCas, LyingStore},
    profile::Profile,
    simulation::{SimRuntime, Simulation, TaskHandle},
    world::SimulationError,
};
