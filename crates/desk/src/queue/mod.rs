//! A line's queues in the store: pages brought into agreement with tickets, one swap at a time.

mod agree;
mod batch;
mod candidates;
mod enter;
mod look;
mod reach;
mod standing;
mod take;
mod tend;

pub use agree::{Debt, FirstWrites, Truth, agree};
pub use batch::{Batch, batch};
pub use candidates::{Candidate, Choice, Stale, candidates, put_all_right};
pub use look::Fit;
pub use reach::{directory, page};
pub use standing::{Cover, Standing, standing, wait_now};
pub use take::{Take, take_first};
pub use tend::tend;

use tierline_domain::ids::{DeskId, LineId};

/// One line of one desk, or one shelf of its lists.
#[derive(Debug, Clone, Copy)]
pub struct LineOf<'a> {
    /// Whose.
    pub desk: &'a DeskId,
    /// Which.
    pub line: &'a LineId,
}
