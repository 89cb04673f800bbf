//! What a run needs of a desk.

use crate::load::Customer;
use tierline_domain::ids::{LineId, PersonId};
use tierline_domain::time::Time;

/// Why a run could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The scenario asks for what there is not.
    #[error("the scenario cannot be played: {0}")]
    Scenario(String),
    /// The desk refused or failed.
    #[error(transparent)]
    Desk(#[from] tierline_desk::Error),
    /// More happened than is allowed.
    #[error("more than {limit} {what}")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// How much.
        limit: u64,
    },
}

/// A ticket's place: virtual arrival, and entry.
pub type Placed = (Time, Time);

/// Something that keeps lines and gives tickets to people. Tickets are numbered in the order they came.
pub trait Router {
    /// A customer comes, and enters their first line.
    fn enter(&mut self, now: Time, ticket: usize, customer: &Customer) -> Result<Placed, Trouble>;

    /// Gives the person the next ticket of the line that they can take.
    fn take(&mut self, now: Time, line: &LineId, person: &PersonId) -> Result<Option<usize>, Trouble>;

    /// Whoever works on it still does.
    fn renew(&mut self, now: Time, ticket: usize, person: &PersonId) -> Result<(), Trouble>;

    /// It is solved.
    fn solve(&mut self, now: Time, ticket: usize, person: &PersonId) -> Result<(), Trouble>;

    /// It goes on to another line.
    fn hand_over(
        &mut self,
        now: Time,
        ticket: usize,
        person: &PersonId,
        to: &LineId,
    ) -> Result<Placed, Trouble>;

    /// The customer gives up while nobody has it.
    fn give_up(&mut self, now: Time, ticket: usize) -> Result<(), Trouble>;
}
