//! Measures tier 1's learnt engine on labelled questions.
//!
//! Two CSV files with the columns `text,label` go in: one to learn from, one to ask. The label `oos` means that a
//! text belongs to none of the others. Out come figures for people or for machines.

mod command;
mod csv_file;
mod figures;
mod measure;

pub use command::{EvalArgs, run};
pub use csv_file::{Labelled, read};
pub use figures::{Coverage, Figures};
pub use measure::{Asked, draw, learn, measure};

/// The label of a text that belongs to no other.
pub const OUT_OF_SCOPE: &str = "oos";
