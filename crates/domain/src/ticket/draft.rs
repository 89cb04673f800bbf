//! What somebody at the desk has typed on a ticket and not sent: theirs, and found again when they come back.

use super::{Then, Ticket};
use crate::history::{Action, Actor};
use crate::ids::{LabelId, PersonId};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a draft is to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftKind {
    /// An answer to the customer.
    #[default]
    Reply,
    /// A word among colleagues.
    Note,
}

/// What somebody has typed and not sent. One a person and ticket: the latest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What it is to become.
    pub kind: DraftKind,
    /// The words.
    pub body: String,
    /// The canned answer they are made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_id: Option<LabelId>,
    /// What is to happen after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Then>,
    /// When it was saved.
    pub saved_at: Time,
    /// It was sent, and refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
}

impl Ticket {
    /// Whether they have had it at some time: only then can a draft of theirs be there.
    pub fn was_had_by(&self, person: &PersonId) -> bool {
        self.had_by().any(|had| had == person)
    }

    /// Everybody who can have left a draft.
    pub fn drafters(&self) -> BTreeSet<&PersonId> {
        self.had_by().collect()
    }

    fn had_by(&self) -> impl Iterator<Item = &PersonId> {
        self.history().filter(|step| step.action == Action::Claimed).filter_map(|step| match &step.by {
            Actor::Person(person) => Some(person),
            _ => None,
        })
    }

    /// Whether somebody has sent something of the draft's kind since they saved it: then it is none any more.
    pub fn has_sent(&self, person: &PersonId, draft: &Draft) -> bool {
        let action = match draft.kind {
            DraftKind::Reply => Action::Replied,
            DraftKind::Note => Action::Noted,
        };
        let by = |actor: &Actor| matches!(actor, Actor::Person(by) if by == person);
        let since = self.history().rev().take_while(|step| step.at >= draft.saved_at);
        since.into_iter().any(|step| step.action == action && by(&step.by))
    }
}
