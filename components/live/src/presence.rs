//! What one side of a ticket is told of the other.

use crate::side::Side;
use bytes::Bytes;
use serde::Serialize;

/// What the other side is doing just now, as far as it is anybody's business: that one of the people looks at the ticket is not
/// the customer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// The customer, as people are told.
    Customer {
        /// Whether they have the ticket open.
        is_here: bool,
        /// Whether they write.
        is_typing: bool,
    },
    /// The desk's people, as customers are told.
    People {
        /// Whether one of them writes.
        is_typing: bool,
    },
}

impl Presence {
    /// What a side takes for granted until it is told otherwise.
    pub fn nobody(told: Side) -> Self {
        match told {
            Side::Customer => Self::People { is_typing: false },
            Side::People => Self::Customer { is_here: false, is_typing: false },
        }
    }

    /// As it is sent. Without an id: what is over in seconds is nothing to go on from.
    pub fn event(self) -> Bytes {
        let data = serde_json::to_string(&self).unwrap_or_default();
        format!("event: presence\ndata: {data}\n\n").into()
    }
}
