//! What a long ticket moves to pages of its own, so that its document stays small: older messages, and older steps of its
//! history once the journal has them.
//!
//! Whatever is told from the history must come out the same afterwards. So of the steps that move, those stay here too that
//! a rule can ask for (of each kind and doer the first and the last), and the clocks of its promise go on from where they were.

use super::{Message, Status, ThreadPage, Ticket, Visibility};
use crate::history::{Action, Step};
use crate::limits::{
    STEPS_INLINE_MAX, STEPS_KEPT, STEPS_MOVED_MIN, THREAD_INLINE_BYTES_MAX, THREAD_PAGES_MAX,
};
use crate::service_level::{Course, Past};
use serde::{Deserialize, Serialize};

/// What a ticket knows of the steps that moved to its pages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Earlier {
    /// How many there are.
    pub count: u32,
    /// The first and the last of each kind by each doer, in order; and all ratings.
    pub kept: Vec<Step>,
    /// Where the clocks of its promise stood after them.
    pub course: Course,
}

/// What is to move to a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealing<'a> {
    /// The oldest messages that are still in the ticket; all or none.
    pub messages: &'a [Message],
    /// The oldest steps that are still in the ticket.
    pub steps: &'a [Step],
    /// The number of the first of them.
    pub steps_from: u32,
}

impl Sealing<'_> {
    /// The page that is to hold it, under this name. `after` is the number of the last message on the pages before it.
    pub fn page(&self, id: String, after: u32) -> ThreadPage {
        let number = |message: Option<&Message>, none: u32| message.map_or(none, |message| message.number);
        let numbers = (number(self.messages.first(), after + 1), number(self.messages.last(), after));
        let notes = self.messages.iter().filter(|message| message.visibility == Visibility::Note).count();
        ThreadPage { id, numbers, notes: u32::try_from(notes).unwrap_or(u32::MAX) }
    }
}

impl ThreadPage {
    /// Whether it holds messages, and not steps alone.
    pub fn has_messages(&self) -> bool {
        self.messages_count(true) > 0
    }

    /// How many messages it holds, notes counted or not.
    pub fn messages_count(&self, with_notes: bool) -> u32 {
        let all = (self.numbers.1 + 1).saturating_sub(self.numbers.0);
        if with_notes { all } else { all.saturating_sub(self.notes) }
    }
}

impl Ticket {
    /// What is known of its history here: of the earlier steps those that were kept, then all others; oldest first.
    pub fn history(&self) -> impl DoubleEndedIterator<Item = &Step> {
        let kept = self.earlier.as_ref().map_or(&[][..], |earlier| &earlier.kept);
        kept.iter().chain(&self.steps)
    }

    /// How many steps moved to pages.
    pub fn steps_moved(&self) -> u32 {
        self.earlier.as_ref().map_or(0, |earlier| earlier.count)
    }

    /// How many steps its history has in all.
    pub fn steps_count(&self) -> u32 {
        self.steps_moved().saturating_add(u32::try_from(self.steps.len()).unwrap_or(u32::MAX))
    }

    /// The step of this number, counted from 0 over the whole history, and what is known of those before it; none if it moved.
    pub fn step_at(&self, number: usize) -> Option<(&Step, Vec<&Step>)> {
        let here = number.checked_sub(usize::try_from(self.steps_moved()).ok()?)?;
        let step = self.steps.get(here)?;
        let left = self.steps.len() - here;
        let mut before: Vec<&Step> = self.history().collect();
        before.truncate(before.len().saturating_sub(left));
        Some((step, before))
    }

    /// What of its history tells how its promise stands.
    pub(crate) fn past(&self) -> Past<'_> {
        let course = self.earlier.as_ref().map(|earlier| &earlier.course);
        Past { course, steps: &self.steps, is_refused: self.is_refused() }
    }

    /// What should move to a page before `more_bytes` are said: all messages, if they are many bytes with them, and the older
    /// steps, if they are many. Steps that the journal lacks stay, and so do all while tier 1's answer waits for its verdict, which
    /// tells what that step was.
    pub fn to_seal(&self, more_bytes: usize) -> Option<Sealing<'_>> {
        if self.sealed.len() >= THREAD_PAGES_MAX {
            return None;
        }
        let bytes: usize = self.messages.iter().map(Message::weight).sum();
        let are_many_bytes = bytes + more_bytes > THREAD_INLINE_BYTES_MAX;
        let steps = Some(self.movable()).filter(|steps| steps.len() >= STEPS_MOVED_MIN).unwrap_or_default();
        let are_many_steps = self.steps.len() > STEPS_INLINE_MAX && !steps.is_empty();
        // What moves with the steps needs no page of its own later.
        let moves_messages = are_many_bytes || (are_many_steps && bytes > THREAD_INLINE_BYTES_MAX / 2);
        let messages = if moves_messages { &self.messages[..] } else { &[] };
        let is_wanted = !messages.is_empty() || are_many_steps;
        is_wanted.then_some(Sealing { messages, steps, steps_from: self.steps_moved() })
    }

    fn movable(&self) -> &[Step] {
        if self.status == Status::Answered || self.erased.is_some() {
            return &[];
        }
        let in_journal = self.journaled.saturating_sub(self.steps_moved());
        let old = self.steps.len().saturating_sub(STEPS_KEPT);
        self.steps.get(..old.min(usize::try_from(in_journal).unwrap_or(usize::MAX))).unwrap_or_default()
    }

    /// This ticket with `page` holding the messages of its numbers, and `steps` steps from number `from` on. `None` if they are
    /// no longer the oldest here.
    pub fn with_sealed(&self, page: ThreadPage, (from, steps): (u32, usize)) -> Option<Self> {
        let (first, last) = page.numbers;
        let is_oldest = self.messages.first().map(|message| message.number) == Some(first);
        if (page.has_messages() && (!is_oldest || self.messages_count() < last))
            || self.sealed_to() + 1 != first
            || self.steps_moved() != from
            || self.movable().len() < steps
            || self.erased.is_some()
        {
            return None;
        }
        let mut ticket = self.clone();
        ticket.messages.retain(|message| message.number > last);
        ticket.sealed.push(page);
        if steps > 0 {
            let later = ticket.steps.split_off(steps);
            let moved = std::mem::replace(&mut ticket.steps, later);
            ticket.earlier = Some(self.with_moved(moved));
        }
        Some(ticket)
    }

    /// The number of the last message on a page.
    pub fn sealed_to(&self) -> u32 {
        self.sealed.last().map_or(0, |page| page.numbers.1)
    }

    fn with_moved(&self, moved: Vec<Step>) -> Earlier {
        let mut earlier = self.earlier.clone().unwrap_or_default();
        earlier.count = earlier.count.saturating_add(u32::try_from(moved.len()).unwrap_or(u32::MAX));
        if let Some(promise) = &self.promise {
            earlier.course = Past { steps: &moved, ..self.past() }.course(promise);
        }
        earlier.kept.extend(moved);
        earlier.kept = telling(std::mem::take(&mut earlier.kept));
        earlier
    }
}

/// Of each kind by each doer the first and the last; and all ratings, which are counted.
fn telling(steps: Vec<Step>) -> Vec<Step> {
    let is_same = |one: &Step, other: &Step| one.action == other.action && one.by == other.by;
    let tells = |index: usize, step: &Step| {
        let (before, after) = (steps.get(..index), steps.get(index + 1..));
        let is_alone = |others: Option<&[Step]>| {
            others.is_none_or(|others| !others.iter().any(|other| is_same(step, other)))
        };
        step.action == Action::Rated || is_alone(before) || is_alone(after)
    };
    let kept = steps.iter().enumerate().filter(|(index, step)| tells(*index, step));
    kept.map(|(_, step)| step.clone()).collect()
}
